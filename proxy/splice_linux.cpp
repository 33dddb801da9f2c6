// splice(2).
#include "proxy/splice.hpp"

#include <boost/system/system_error.hpp>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace proxy {
namespace {

constexpr std::size_t wanted_capacity = std::size_t{1} << 20;  // the most that a user gets unasked
constexpr std::size_t most_kept = 2;
constexpr unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

[[noreturn]] void fail(const char* what)
{
    throw boost::system::system_error(errno, boost::system::system_category(), what);
}

}  // namespace

std::optional<std::size_t> peek(int socket, boost::asio::mutable_buffer into)
{
    for (;;) {
        const auto count = ::recv(socket, into.data(), into.size(), MSG_PEEK);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno == EAGAIN) return std::nullopt;
        if (errno != EINTR) fail("recv");
    }
}

splice_pipe::splice_pipe(splice_pipe&& other) noexcept
    : read_end_(std::exchange(other.read_end_, -1)),
      write_end_(std::exchange(other.write_end_, -1)),
      capacity_(other.capacity_),
      held_(other.held_)
{
}

splice_pipe& splice_pipe::operator=(splice_pipe&& other) noexcept
{
    std::swap(read_end_, other.read_end_);
    std::swap(write_end_, other.write_end_);
    std::swap(capacity_, other.capacity_);
    std::swap(held_, other.held_);
    return *this;
}

splice_pipe::~splice_pipe()
{
    if (read_end_ >= 0) ::close(read_end_);
    if (write_end_ >= 0) ::close(write_end_);
}

std::optional<std::size_t> splice_pipe::fill_from(int socket, std::uint64_t most)
{
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(most, capacity_));
    for (;;) {
        const auto moved = ::splice(socket, nullptr, write_end_, nullptr, wanted, flags);
        if (moved >= 0) {
            held_ += static_cast<std::size_t>(moved);
            return static_cast<std::size_t>(moved);
        }
        if (errno == EAGAIN) return std::nullopt;
        if (errno != EINTR) fail("splice");
    }
}

bool splice_pipe::drain_to(int socket)
{
    while (held_ > 0) {
        const auto moved = ::splice(read_end_, nullptr, socket, nullptr, held_, flags);
        if (moved > 0) {
            held_ -= static_cast<std::size_t>(moved);
        } else if (moved < 0 && errno == EAGAIN) {
            return false;
        } else if (moved == 0 || errno != EINTR) {
            fail("splice");
        }
    }
    return true;
}

std::optional<splice_pipe> pipe_pool::take()
{
    if (!free_.empty()) {
        auto taken = std::move(free_.back());
        free_.pop_back();
        return taken;
    }
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return std::nullopt;
    // Refused when the user has many large pipes already; it stays as it was then.
    ::fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(wanted_capacity));
    const int capacity = ::fcntl(ends[1], F_GETPIPE_SZ);
    return splice_pipe(ends[0], ends[1], static_cast<std::size_t>(std::max(capacity, 4096)));
}

void pipe_pool::give_back(splice_pipe pipe)
{
    if (pipe.empty() && free_.size() < most_kept) free_.push_back(std::move(pipe));
}

}  // namespace proxy
