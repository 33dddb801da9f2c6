// No splice(2) here: no pipe is ever lent.
#include "proxy/splice.hpp"

namespace proxy {

std::optional<std::size_t> peek(int, boost::asio::mutable_buffer)
{
    return std::nullopt;
}

splice_pipe::splice_pipe(splice_pipe&&) noexcept = default;
splice_pipe& splice_pipe::operator=(splice_pipe&&) noexcept = default;
splice_pipe::~splice_pipe() = default;

std::optional<std::size_t> splice_pipe::fill_from(int, std::uint64_t)
{
    return std::nullopt;
}

bool splice_pipe::drain_to(int)
{
    return true;
}

std::optional<splice_pipe> pipe_pool::take()
{
    return std::nullopt;
}

void pipe_pool::give_back(splice_pipe) {}

}  // namespace proxy
