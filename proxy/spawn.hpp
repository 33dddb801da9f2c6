// Starts a program in a process group of its own, with one socket for its standard input and
// output, a pipe for its standard error, and no other descriptor of ours. POSIX.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace proxy {

// Closes itself.
class descriptor {
public:
    explicit descriptor(int number) : number_(number) {}

    descriptor(descriptor&& other) noexcept : number_(other.release()) {}

    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    descriptor& operator=(descriptor&&) = delete;

    ~descriptor()
    {
        if (number_ >= 0) ::close(number_);
    }

    int get() const { return number_; }

    int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

// Our ends, non-blocking, and the program's, which are for one spawn().
struct program_ends {
    descriptor socket;
    descriptor errors;
    descriptor programs_socket;
    descriptor programs_errors;
};

// Throws boost::system::system_error.
program_ends make_program_ends();

// Runs `words`, whose first is looked up in the absolute directories of PATH, with messages in
// English. Waiting for it is the caller's. Throws program_missing (proxy/child_process.hpp) or
// boost::system::system_error.
pid_t spawn(std::vector<std::string> words, const program_ends& ends);

}  // namespace proxy
