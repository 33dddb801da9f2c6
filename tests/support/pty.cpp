// A program on a pseudo-terminal.
#include "tests/support/pty.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace test_support {
namespace {

winsize as_winsize(terminal_size size)
{
    return {size.rows, size.columns, 0, 0};
}

std::chrono::milliseconds until(std::chrono::steady_clock::time_point when)
{
    const auto left = when - std::chrono::steady_clock::now();
    return std::max(
        std::chrono::ceil<std::chrono::milliseconds>(left), std::chrono::milliseconds(0)
    );
}

}  // namespace

pty_process::pty_process(
    std::vector<std::string> arguments, const environment_changes& environment, terminal_size size
)
{
    auto on_a_terminal = environment;
    on_a_terminal.insert_or_assign("TERM", "xterm");
    const prepared_command command(std::move(arguments), on_a_terminal);
    description_ = command.description();
    const auto window = as_winsize(size);
    const pid_t parent = ::getpid();
    int terminal = -1;
    const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, &window);
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "forkpty");
    if (pid == 0) command.execute(parent);
    terminal_ = unique_fd(terminal);
    ::fcntl(terminal, F_SETFD, FD_CLOEXEC);
    child_ = std::make_unique<child>(pid);
}

pty_process::~pty_process() = default;

void pty_process::type(std::string_view keys)
{
    while (!keys.empty()) {
        const auto count = ::write(terminal_.get(), keys.data(), keys.size());
        if (count < 0) throw std::system_error(errno, std::generic_category(), "type");
        keys.remove_prefix(static_cast<std::size_t>(count));
    }
}

void pty_process::resize(terminal_size size)
{
    const auto window = as_winsize(size);
    if (::ioctl(terminal_.get(), TIOCSWINSZ, &window) != 0) {
        throw std::system_error(errno, std::generic_category(), "TIOCSWINSZ");
    }
}

void pty_process::expect(std::string_view text, std::chrono::milliseconds limit)
{
    if (!shows(text, limit)) {
        throw std::runtime_error(
            "`" + description_ + "` did not show '" + std::string(text) + "'; screen:\n" + screen_
        );
    }
}

bool pty_process::shows(std::string_view text, std::chrono::milliseconds limit)
{
    const auto give_up = std::chrono::steady_clock::now() + limit;
    while (true) {
        const auto at = screen_.find(text, found_);
        if (at != std::string::npos) {
            found_ = at + text.size();
            return true;
        }
        if (!read_some(until(give_up))) return false;
    }
}

int pty_process::finish(std::chrono::milliseconds limit)
{
    const auto give_up = std::chrono::steady_clock::now() + limit;
    while (read_some(until(give_up))) {
    }
    const auto status = child_->wait(until(give_up));
    if (!status) {
        throw std::runtime_error("`" + description_ + "` still runs; screen:\n" + screen_);
    }
    return *status;
}

bool pty_process::read_some(std::chrono::milliseconds limit)
{
    if (ended_) return false;
    pollfd readable{terminal_.get(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(limit.count())) <= 0) return false;
    std::array<char, 4096> buffer;
    // EIO is how a terminal says that its last program is gone.
    const auto count = ::read(terminal_.get(), buffer.data(), buffer.size());
    if (count <= 0) {
        ended_ = true;
        return false;
    }
    screen_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

}  // namespace test_support
