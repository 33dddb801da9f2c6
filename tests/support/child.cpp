// Starting, waiting for and killing child processes.
#include "tests/support/child.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>
#include <system_error>

namespace test_support {
namespace {

int shell_status(const siginfo_t& ended)
{
    return ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
}

bool belongs_to_the_user(std::string_view variable)
{
    constexpr std::array<std::string_view, 3> prefixes{"DOCKER_", "XDG_", "GANGWAY_"};
    for (const auto prefix : prefixes) {
        if (variable.substr(0, prefix.size()) == prefix) return true;
    }
    return false;
}

std::vector<std::string> changed_environment(const environment_changes& changes)
{
    std::vector<std::string> result;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        const std::string name(text.substr(0, text.find('=')));
        if (!belongs_to_the_user(name) && !changes.contains(name)) result.emplace_back(text);
    }
    for (const auto& [name, value] : changes) {
        if (value) result.push_back(name + "=" + *value);
    }
    return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings)
{
    std::vector<char*> pointers;
    for (auto& text : strings) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

unique_fd process_descriptor(pid_t pid)
{
    // glibc 2.36 declares pidfd_open() without C linkage.
    unique_fd descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!descriptor) throw std::system_error(errno, std::generic_category(), "pidfd_open");
    return descriptor;
}

child::child(pid_t group_leader) : pid_(group_leader)
{
    try {
        pidfd_ = process_descriptor(group_leader);
    } catch (...) {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        throw;
    }
}

child::~child()
{
    if (exit_status_) return;
    ::kill(-pid_, SIGKILL);
    wait(std::chrono::hours(1));
}

std::optional<int> child::wait(std::chrono::milliseconds limit)
{
    if (exit_status_) return exit_status_;
    pollfd readable{pidfd_.get(), POLLIN, 0};
    const auto give_up = std::chrono::steady_clock::now() + limit;
    auto left = limit;
    while (true) {
        const int ready = ::poll(&readable, 1, static_cast<int>(left.count()));
        if (ready > 0) break;
        if (ready < 0 && errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), "poll");
        }
        const auto now = std::chrono::steady_clock::now();
        if (now >= give_up) return std::nullopt;
        left = std::chrono::ceil<std::chrono::milliseconds>(give_up - now);
    }
    siginfo_t ended{};
    // The unreaped leader keeps the group's number ours while the rest of the group is killed.
    ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT);
    ::kill(-pid_, SIGKILL);
    ::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED);
    exit_status_ = shell_status(ended);
    return exit_status_;
}

void child::signal(int number)
{
    if (!exit_status_) ::kill(pid_, number);
}

prepared_command::prepared_command(
    std::vector<std::string> arguments, const environment_changes& environment
)
    : arguments_(std::move(arguments)),
      environment_(changed_environment(environment)),
      argument_pointers_(pointers_to(arguments_)),
      environment_pointers_(pointers_to(environment_))
{
}

void prepared_command::execute(pid_t parent) const noexcept
{
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(127);
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t nothing;
    ::sigemptyset(&nothing);
    ::sigprocmask(SIG_SETMASK, &nothing, nullptr);
    ::execvpe(argument_pointers_[0], argument_pointers_.data(), environment_pointers_.data());
    constexpr std::string_view complaint = "cannot execute the program\n";
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, complaint.data(), complaint.size());
    ::_exit(127);
}

std::string prepared_command::description() const
{
    std::string text;
    for (const auto& argument : arguments_) text += (text.empty() ? "" : " ") + argument;
    return text;
}

}  // namespace test_support
