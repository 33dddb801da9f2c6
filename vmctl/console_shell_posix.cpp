// A poll loop around the dialogue.
#include "vmctl/console_dialogue.hpp"
#include "vmctl/console_shell.hpp"
#include "vmctl/private_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <random>
#include <string_view>
#include <system_error>

namespace vmctl {
namespace {

using std::chrono::steady_clock;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr auto ask_again_after = 2s;
constexpr auto look_at_call_off_after = 50ms;

constexpr const char* doing = "run a command on the VM's console";

[[noreturn]] void refuse(const std::string& why)
{
    throw describe(hypervisor_problem::refused, doing, why);
}

[[noreturn]] void is_silent(const std::string& why)
{
    throw console_silent(
        hypervisor_problem::refused, describe(hypervisor_problem::refused, doing, why).what()
    );
}

std::string new_token()
{
    std::random_device random;
    return std::to_string(random()) + "x" + std::to_string(random());
}

unique_descriptor connect_to(const std::filesystem::path& path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) refuse("its socket's path is too long");
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    unique_descriptor connection(socket(AF_UNIX, SOCK_STREAM, 0));
    if (!connection || fcntl(connection.get(), F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(connection.get(), F_SETFL, O_NONBLOCK) != 0 ||
        connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        is_silent(path.string() + ": " + std::generic_category().message(errno));
    return connection;
}

class conversation {
public:
    conversation(
        const std::filesystem::path& socket,
        const std::string& command,
        const std::string& where,
        console_patience patience,
        const std::stop_token& call_off
    )
        : connection_(connect_to(socket)),
          dialogue_(command, new_token(), where),
          call_off_(call_off),
          answer_by_(steady_clock::now() + patience.to_answer),
          end_by_(steady_clock::now() + patience.to_end)
    {
    }

    guest_result run()
    {
        auto next_question = steady_clock::now();
        while (!dialogue_.result()) {
            const auto now = steady_clock::now();
            const bool over = now >= end_by_;
            if (over || call_off_.stop_requested()) interrupt();
            if (call_off_.stop_requested())
                throw describe(hypervisor_problem::called_off, doing, {});
            if (!dialogue_.answered() && (over || now >= answer_by_))
                is_silent("no shell answers; another program may have the console");
            if (over) refuse("it did not end in time");
            if (!dialogue_.answered() && now >= next_question) {
                to_type_ = dialogue_.question();
                next_question = now + ask_again_after;
            }
            wait();
        }
        return *dialogue_.result();
    }

private:
    void wait()
    {
        pollfd ready = {
            connection_.get(), static_cast<short>(to_type_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
        const auto slice =
            static_cast<int>(std::chrono::milliseconds(look_at_call_off_after).count());
        if (poll(&ready, 1, slice) < 0 && errno != EINTR) refuse("its socket failed");
        if ((ready.revents & POLLOUT) != 0) type();
        if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0) read();
    }

    // The command; what else may run there is not ours.
    void interrupt()
    {
        if (dialogue_.answered()) send(connection_.get(), "\x03", 1, MSG_NOSIGNAL);
    }

    void type()
    {
        const auto sent = send(connection_.get(), to_type_.data(), to_type_.size(), MSG_NOSIGNAL);
        if (sent > 0) to_type_.erase(0, static_cast<std::size_t>(sent));
        if (sent < 0 && errno != EAGAIN && errno != EINTR) refuse("the VM has let go of it");
    }

    void read()
    {
        std::array<char, 4096> bytes = {};
        const auto got = recv(connection_.get(), bytes.data(), bytes.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) refuse("the VM has let go of it");
        to_type_ += dialogue_.receive({bytes.data(), static_cast<std::size_t>(got)});
    }

    unique_descriptor connection_;
    console_dialogue dialogue_;
    const std::stop_token& call_off_;
    const steady_clock::time_point answer_by_;
    const steady_clock::time_point end_by_;
    std::string to_type_;
};

}  // namespace

guest_result run_on_console(
    const std::filesystem::path& socket,
    const std::string& command,
    const std::string& where,
    console_patience patience,
    const std::stop_token& call_off
)
{
    if (command.size() > console_dialogue::longest_command) refuse("it is too long for a console");
    if (command.find('\n') != std::string::npos) refuse("it has more than one line");
    return conversation(socket, command, where, patience, call_off).run();
}

}  // namespace vmctl
