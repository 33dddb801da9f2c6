// By posix_spawn.
#include "proxy/child_process.hpp"
#include "proxy/spawn.hpp"
#include "vmctl/spawn_alone.hpp"

#include <boost/system/system_error.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>

extern char** environ;  // NOLINT(readability-redundant-declaration): macOS declares it nowhere

namespace proxy {
namespace {

[[noreturn]] void fail(int failure, const char* what)
{
    throw boost::system::system_error(failure, boost::system::system_category(), what);
}

// Neither blocks nor goes to a program.
void keep(const descriptor& ours)
{
    ::fcntl(ours.get(), F_SETFD, FD_CLOEXEC);
    ::fcntl(ours.get(), F_SETFL, ::fcntl(ours.get(), F_GETFL) | O_NONBLOCK);
}

// Above those that become the program's standard ones, so that none overwrites another.
descriptor above_standard(const descriptor& low)
{
    descriptor high(::fcntl(low.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (high.get() < 0) fail(errno, "cannot prepare a program's descriptors");
    return high;
}

// An empty or relative entry would mean the working directory: never run what lies there.
std::string find_program(const std::string& name)
{
    const char* const configured = std::getenv("PATH");
    std::string_view path = configured != nullptr ? configured : "/usr/local/bin:/usr/bin:/bin";
    while (!path.empty()) {
        const auto entry = path.substr(0, path.find(':'));
        path.remove_prefix(std::min(path.size(), entry.size() + 1));
        const auto candidate = std::string(entry) + "/" + name;
        if (entry.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    throw program_missing("the program " + name + " is missing");
}

std::vector<std::string> english_environment()
{
    std::vector<std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (!text.starts_with("LC_") && !text.starts_with("LANG")) result.emplace_back(text);
    }
    result.emplace_back("LC_ALL=C");
    // An ssh that another starts, for a jump host, is not told to ask nobody (ssh(1), BatchMode).
    result.emplace_back("SSH_ASKPASS_REQUIRE=never");
    return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings)
{
    std::vector<char*> pointers;
    pointers.reserve(strings.size() + 1);
    for (auto& text : strings) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

class spawn_plan {
public:
    explicit spawn_plan(const program_ends& ends)
    {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, ends.programs_socket.get(), STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, ends.programs_socket.get(), STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, ends.programs_errors.get(), STDERR_FILENO);
        const short alone = vmctl::give_no_others(actions_, STDERR_FILENO + 1);
        ::posix_spawnattr_init(&attributes_);
        // What a daemon ignores or blocks is not the program's affair.
        sigset_t signals;
        sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        for (const int each : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
            sigaddset(&signals, each);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        // A session of its own is a group of its own, and has no terminal that it could ask at.
        ::posix_spawnattr_setflags(
            &attributes_,
            static_cast<short>(
                POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID | alone
            )
        );
    }

    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;

    ~spawn_plan()
    {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    const posix_spawn_file_actions_t* actions() const { return &actions_; }

    const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

program_ends make_program_ends()
{
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) != 0)
        fail(errno, "cannot make a pair of sockets");
    descriptor socket(sockets[0]);
    const descriptor programs_socket(sockets[1]);
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) fail(errno, "cannot make a pipe");
    descriptor errors(pipe[0]);
    const descriptor programs_errors(pipe[1]);
    keep(socket);
    keep(errors);
    return {
        std::move(socket),
        std::move(errors),
        above_standard(programs_socket),
        above_standard(programs_errors)};
}

pid_t spawn(std::vector<std::string> words, const program_ends& ends)
{
    const auto program = find_program(words.front());
    const spawn_plan plan(ends);
    auto environment = english_environment();
    pid_t pid = -1;
    const int failure = ::posix_spawn(
        &pid,
        program.c_str(),
        plan.actions(),
        plan.attributes(),
        pointers_to(words).data(),
        pointers_to(environment).data()
    );
    if (failure != 0) fail(failure, "cannot start a program");
    return pid;
}

}  // namespace proxy
