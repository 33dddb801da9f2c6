// The bulk of a session's direction from the engine to the client: body bytes go from socket to
// socket through a pipe, in the kernel. Where chunks are small their framing is read from a copy of
// what is about to be moved: one copy and three system calls for many chunks. To read only the
// framing would copy nothing, but take three system calls a chunk, which costs more.
#include "proxy/relay.hpp"
#include "proxy/session.hpp"
#include "proxy/stream_wait.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// Below this, copying costs less than two system calls.
constexpr std::uint64_t worth_splicing = std::uint64_t{8} * 1024;

// So much of a chunk is moved without a look at what follows it.
constexpr std::uint64_t worth_no_look = std::uint64_t{128} * 1024;

// After so much, others have their turn.
constexpr std::uint64_t turn = std::uint64_t{4} * 1024 * 1024;

}  // namespace

// Returns when there is nothing more to splice; what was read beyond that is in from_engine_.
io_task<> session::splice_bodies()
{
    const bool possible = upstream_->plain_descriptor() >= 0 &&
                          client_.stream->plain_descriptor() >= 0 && from_engine_.bytes().empty();
    if (!possible || responses_.opaque() < worth_splicing) co_return;
    const pipe_pool::user bulk(tools_.pipes);
    for (;;) {
        from_engine_.rest();
        auto pipe = tools_.pipes.take();
        if (!pipe) co_return;
        const bool waits_for_more = co_await splice_what_is_there(*pipe);
        tools_.pipes.give_back(std::move(*pipe));
        if (!waits_for_more) co_return;
        // A connection that waits keeps no pipe.
        co_await waiting(*upstream_, readiness::readable);
    }
}

// Leaves the pipe empty. False: read_engine() has to look at what comes next.
io_task<bool> session::splice_what_is_there(splice_pipe& pipe)
{
    const int engine = upstream_->plain_descriptor();
    std::uint64_t total = 0;
    std::uint64_t seen = 0;  // bytes in the engine's socket that responses_ has read already
    while (seen > 0 || (responses_.within_body() && total < turn)) {
        const bool look = seen == 0 && responses_.opaque() < worth_no_look;
        const auto found = look ? look_ahead(engine)
                                : pipe.fill_from(engine, seen > 0 ? seen : responses_.opaque());
        if (found.value_or(0) > 0) {
            if (look) {
                seen = *found;
                continue;
            }
            if (seen > 0) {
                seen -= *found;
            } else {
                responses_.skip(*found);
            }
            total += *found;
            if (pipe.full()) co_await drain_pipe(pipe);
        } else if (!pipe.empty()) {
            co_await drain_pipe(pipe);
        } else if (seen > 0) {
            throw std::logic_error("bytes that were there are gone");
        } else {
            // Nothing there, or the end of the stream. A trickle is better copied.
            if (!found) upstream_->plain_blocked(readiness::readable);
            co_return !found && total >= worth_splicing;
        }
    }
    co_await drain_pipe(pipe);
    const bool within = responses_.within_body();
    if (!within) first_is_answered();
    co_return within;
}

// How many of the bytes in the engine's socket belong to the body; responses_ has read them then.
// Nothing: none there now; 0: the end of the stream, or framing that nobody understands.
std::optional<std::size_t> session::look_ahead(int engine)
{
    auto buffer = tools_.buffers.take();
    const auto count = peek(engine, asio::buffer(buffer.get(), buffer_pool::buffer_size));
    piece next;
    if (count) next = responses_.next({buffer.get(), *count});
    tools_.buffers.give_back(std::move(buffer));
    if (!count) return std::nullopt;
    return next.kind == piece_kind::body ? next.size : 0;
}

io_task<> session::drain_pipe(splice_pipe& pipe)
{
    try {
        co_await drain(pipe, *client_.stream, tools_.counted.to_client);
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        throw client_gone(error.code().message());
    }
}

}  // namespace proxy
