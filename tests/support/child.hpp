// A started child and its process group: waited for with a limit, killed and reaped by its
// destructor, never a zombie. It dies with this process, however that ends.
#pragma once

#include "tests/support/eventually.hpp"
#include "tests/support/unique_fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace test_support {

// Variables set (or, with nullopt, removed) on top of our own environment. DOCKER_*, XDG_* and
// GANGWAY_* of whoever runs the tests never reach a child.
using environment_changes = std::map<std::string, std::optional<std::string>>;

// A descriptor that becomes readable when the process ends.
unique_fd process_descriptor(pid_t pid);

class child {
public:
    // `group_leader` must lead its own process group.
    explicit child(pid_t group_leader);
    ~child();
    child(const child&) = delete;
    child& operator=(const child&) = delete;

    pid_t pid() const { return pid_; }

    // The exit status as a shell gives it (128 + signal), or nothing when it still runs after
    // `limit`. What is left of its group is killed once the leader is gone.
    std::optional<int> wait(std::chrono::milliseconds limit);

    bool running() { return !wait(std::chrono::milliseconds(0)).has_value(); }

    void signal(int number);

private:
    pid_t pid_;
    unique_fd pidfd_;
    std::optional<int> exit_status_;
};

// What execve wants, prepared before fork because nothing may be allocated after it.
class prepared_command {
public:
    prepared_command(std::vector<std::string> arguments, const environment_changes& environment);

    // To be called in the forked child; does not return. `parent` is the pid of the forking
    // process: the child ends at once if that is gone already.
    [[noreturn]] void execute(pid_t parent) const noexcept;

    std::string description() const;

private:
    std::vector<std::string> arguments_;
    std::vector<std::string> environment_;
    std::vector<char*> argument_pointers_;
    std::vector<char*> environment_pointers_;
};

}  // namespace test_support
