// A serial console as QEMU gives it: a socket for one client at a time, and behind it a shell on a
// terminal, which lives on between clients.
#pragma once

#include "tests/support/test_directory.hpp"
#include "tests/support/unique_fd.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace vmctl_test {

class played_console {
public:
    // The program on the terminal. Its `sudo` and `date` write down what they are given, and sudo
    // runs nothing else than that.
    explicit played_console(std::vector<std::string> program = {"bash", "--norc", "-i"});
    ~played_console();
    played_console(const played_console&) = delete;
    played_console& operator=(const played_console&) = delete;

    const std::filesystem::path& socket() const { return socket_; }

    // What its user has typed, and not sent.
    void has_typed(const std::string& keys);

    // The lines that sudo was given.
    std::string sudo_calls() const;

    // What sudo comes to from now on.
    void sudo_ends_with(int status);

private:
    void pump();

    test_support::test_directory directory_;
    std::filesystem::path socket_;
    test_support::unique_fd listener_;
    test_support::unique_fd terminal_;
    test_support::unique_fd stop_;
    pid_t shell_ = -1;
    std::thread pump_;
};

}  // namespace vmctl_test
