// By a child that holds a request of ours open: ssh closes every descriptor that it does not know.
#include "gangway/keep_awake.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

namespace gangway {
namespace {

// What the child says when the VM is awake; anything else is a failure's sentence.
constexpr char awake = '\n';

// To a parent that may have gone, in which case there is nobody to tell.
void say(int to, std::string_view what)
{
    [[maybe_unused]] const auto written = ::write(to, what.data(), what.size());
}

[[noreturn]] void hold(const control_client& daemon, pid_t parent, int to_parent)
{
    // Neither the terminal's signals nor who waits for the end of our output are its business.
    ::setsid();
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (const int standard : {0, 1, 2}) ::dup2(nowhere, standard);
    const auto granted = [to_parent](std::string_view) { say(to_parent, {&awake, 1}); };
    const auto look = [parent] {
        if (::getppid() != parent) ::_exit(0);
    };
    try {
        daemon.post("/v1/hold", granted, look, std::chrono::seconds(1));
    } catch (const std::exception& error) {
        say(to_parent, error.what());
    }
    ::_exit(0);
}

}  // namespace

void keep_awake(const control_client& daemon)
{
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        throw failure("cannot make a pipe: " + std::generic_category().message(errno));
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) throw failure("cannot fork: " + std::generic_category().message(errno));
    if (child == 0) hold(daemon, parent, ends[1]);
    ::close(ends[1]);
    std::array<char, 4096> said{};
    const auto count = ::read(ends[0], said.data(), said.size());
    ::close(ends[0]);
    if (count > 0 && said[0] == awake) return;
    throw failure(
        count > 0 ? std::string(said.data(), static_cast<std::size_t>(count))
                  : "the VM cannot be kept awake; see `gangway status`"
    );
}

}  // namespace gangway
