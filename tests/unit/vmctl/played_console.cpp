// A thread that carries bytes between the terminal and whoever is connected.
#include "played_console.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace vmctl_test {

namespace fs = std::filesystem;

namespace {

void write_program(const fs::path& file, const std::string& text)
{
    std::ofstream(file) << "#!/bin/sh\n" << text;
    fs::permissions(file, fs::perms(0755));
}

void write_whole(int to, const char* bytes, ssize_t size)
{
    while (size > 0) {
        const auto written = write(to, bytes, static_cast<std::size_t>(size));
        if (written < 0) return;
        bytes += written;
        size -= written;
    }
}

}  // namespace

played_console::played_console(std::vector<std::string> program)
    : socket_(directory_.path() / "serial.sock"),
      listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(eventfd(0, EFD_CLOEXEC))
{
    const auto calls = (directory_.path() / "calls").string();
    const auto status = (directory_.path() / "status").string();
    fs::create_directory(directory_.path() / "bin");
    write_program(
        directory_.path() / "bin/sudo",
        "printf '%s\\n' \"$*\" >>" + calls + "\n[ ! -e " + status + " ] || exit $(cat " + status +
            ")\n"
    );
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    REQUIRE(socket_.native().size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, socket_.c_str(), socket_.native().size());
    REQUIRE(
        bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0
    );
    REQUIRE(listen(listener_.get(), 1) == 0);

    const auto search = (directory_.path() / "bin").string() + ":" + std::getenv("PATH");
    std::vector<char*> arguments;
    for (auto& each : program) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    int terminal = -1;
    shell_ = forkpty(&terminal, nullptr, nullptr, nullptr);
    REQUIRE(shell_ >= 0);
    if (shell_ == 0) {
        setenv("PATH", search.c_str(), 1);
        unsetenv("HISTFILE");
        execvp(arguments.front(), arguments.data());
        _exit(127);
    }
    terminal_ = test_support::unique_fd(terminal);
    fcntl(terminal, F_SETFD, FD_CLOEXEC);
    pump_ = std::thread([this] { pump(); });
}

played_console::~played_console()
{
    const std::uint64_t one = 1;
    write_whole(stop_.get(), reinterpret_cast<const char*>(&one), sizeof one);
    pump_.join();
    kill(shell_, SIGKILL);
    waitpid(shell_, nullptr, 0);
}

void played_console::pump()
{
    test_support::unique_fd client;
    std::array<char, 4096> bytes = {};
    for (;;) {
        const int connection = client ? client.get() : listener_.get();
        std::array<pollfd, 3> ready = {
            pollfd{stop_.get(), POLLIN, 0},
            pollfd{terminal_.get(), POLLIN, 0},
            pollfd{connection, POLLIN, 0}};
        if (poll(ready.data(), ready.size(), -1) < 0) return;
        if (ready[0].revents != 0) return;
        if (ready[1].revents != 0) {
            const auto got = read(terminal_.get(), bytes.data(), bytes.size());
            if (got <= 0) return;
            // Nobody else hears it.
            if (client)
                send(client.get(), bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL);
        }
        if (ready[2].revents == 0) continue;
        if (!client) {
            client =
                test_support::unique_fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            continue;
        }
        const auto got = read(client.get(), bytes.data(), bytes.size());
        if (got <= 0)
            client = test_support::unique_fd();
        else
            write_whole(terminal_.get(), bytes.data(), got);
    }
}

void played_console::has_typed(const std::string& keys)
{
    write_whole(terminal_.get(), keys.data(), static_cast<ssize_t>(keys.size()));
}

std::string played_console::sudo_calls() const
{
    std::ifstream calls(directory_.path() / "calls");
    return {std::istreambuf_iterator<char>(calls), std::istreambuf_iterator<char>()};
}

void played_console::sudo_ends_with(int status)
{
    std::ofstream(directory_.path() / "status") << status;
}

}  // namespace vmctl_test
