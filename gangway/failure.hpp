// How the command ends: its exit statuses, which scripts rely on, and the one exception type that
// carries them to main.
#pragma once

#include <stdexcept>
#include <string>

namespace gangway {

// `gangway ssh` ends with ssh's own status in place of these, once ssh has been started.
enum class exit_status {
    success = 0,
    failure = 1,             // the daemon, the VM or the machine could not do it
    usage = 2,               // the command line or the configuration is wrong
    daemon_not_running = 3,  // and the service manager does not start it
};

// what() is a sentence for the user: what failed and what to do about it.
class failure : public std::runtime_error {
public:
    explicit failure(const std::string& sentence, exit_status status = exit_status::failure)
        : std::runtime_error(sentence), status_(status)
    {
    }

    exit_status status() const { return status_; }

private:
    exit_status status_;
};

}  // namespace gangway
