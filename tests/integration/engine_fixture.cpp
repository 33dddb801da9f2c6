// `engine_fixture start|stop STATE-FILE`: the ctest fixture that keeps two engines running for all
// test cases. The engines also end when ctest itself does, however it does.
#include "tests/integration/engines.hpp"
#include "tests/support/child.hpp"
#include "tests/support/eventually.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using integration::supervisor_lock;
using test_support::unique_fd;

unique_fd termination_signals()
{
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGINT);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    return unique_fd(::signalfd(-1, &signals, SFD_CLOEXEC));
}

// ctest waits for the end of a fixture's output, so the supervisor lets go of it.
void leave_terminal()
{
    ::setsid();
    const unique_fd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
    ::dup2(nowhere.get(), STDIN_FILENO);
    ::dup2(nowhere.get(), STDOUT_FILENO);
    ::dup2(nowhere.get(), STDERR_FILENO);
}

// Runs the engines until it is told to stop or `user`, the process that wanted them, is gone.
void supervise(const std::string& state_file, pid_t user, unique_fd report)
{
    const auto signals = termination_signals();
    const auto user_gone = test_support::process_descriptor(user);
    supervisor_lock lock(state_file);
    if (!lock.take()) throw std::runtime_error("another supervisor runs already");
    const integration::engine_pair pair;
    integration::write_state(state_file, pair.addresses());
    leave_terminal();
    report.reset();
    std::array<pollfd, 2> ends{pollfd{signals.get(), POLLIN, 0}, {user_gone.get(), POLLIN, 0}};
    while (::poll(ends.data(), ends.size(), -1) < 0 && errno == EINTR) {
    }
    std::filesystem::remove(state_file);
}

int stop(const std::string& state_file)
{
    const supervisor_lock lock(state_file);
    const auto supervisor = lock.holder();
    if (supervisor) ::kill(*supervisor, SIGTERM);
    const auto stopped =
        test_support::eventually([&] { return !lock.holder(); }, 2 * test_support::patience);
    if (!stopped) std::cerr << "the engines do not stop\n";
    return stopped ? 0 : 1;
}

int start(const std::string& state_file)
{
    if (const auto obstacle = test_support::docker_engine::obstacle()) {
        // Not a failure: the tests then skip themselves, with this sentence.
        std::cout << *obstacle << '\n';
        return 0;
    }
    if (const int failed = stop(state_file); failed != 0) return failed;
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return 1;
    unique_fd progress(pipe[0]);
    unique_fd report(pipe[1]);
    const pid_t user = ::getppid();
    if (::fork() == 0) {
        progress.reset();
        try {
            supervise(state_file, user, std::move(report));
            ::_exit(0);
        } catch (const std::exception& error) {
            std::cerr << error.what() << '\n';
            ::_exit(1);
        }
    }
    report.reset();
    // The supervisor's end of the pipe closes when the engines answer or when it has failed.
    std::array<char, 1> nothing;
    while (::read(progress.get(), nothing.data(), nothing.size()) < 0 && errno == EINTR) {
    }
    return supervisor_lock(state_file).holder() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments)
{
    const std::string_view action = count == 3 ? arguments[1] : "";
    try {
        if (action == "start") return start(arguments[2]);
        if (action == "stop") return stop(arguments[2]);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    std::cerr << "usage: engine_fixture start|stop STATE-FILE\n";
    return 2;
}
