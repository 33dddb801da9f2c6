// The client's side of the control protocol (docs/control-api.md): one HTTP request a connection on
// the daemon's socket or pipe, blocking.
#pragma once

#include "config/endpoint.hpp"
#include "gangway/failure.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace gangway {

// Nobody listens on the control socket.
class daemon_not_running : public failure {
public:
    explicit daemon_not_running(const std::string& sentence)
        : failure(sentence, exit_status::daemon_not_running)
    {
    }
};

// Takes the next line, without its end.
using line_sink = std::function<void(std::string_view line)>;

// An answer to a question that must not take for ever.
struct prompt_answer {
    std::string body;
    std::string date;  // the header field; empty: there is none
};

class control_client {
public:
    explicit control_client(config::local_endpoint socket) : socket_(std::move(socket)) {}

    // Whether a daemon listens. Throws failure when it does but does not let us in.
    bool reachable() const;

    // The body of a successful answer to GET. All of these throw daemon_not_running, or failure
    // with the daemon's own message, or failure when the answer is no HTTP or ends too early.
    std::string get(std::string_view target) const;

    // The same, but failure also when nothing comes for `limit`.
    prompt_answer ask(std::string_view target, std::chrono::milliseconds limit) const;

    // Every line of the answer to GET as it comes; returns at the answer's end.
    void follow(std::string_view target, const line_sink& line) const;

    // The same for POST. While nothing comes, `waiting` is called every `period`.
    void post(
        std::string_view target,
        const line_sink& line,
        const std::function<void()>& waiting,
        std::chrono::milliseconds period
    ) const;

private:
    config::local_endpoint socket_;
};

}  // namespace gangway
