// The bulk of a session's direction from the engine to the client: body bytes go from socket to
// socket through a pipe, in the kernel. Chunked framing is still read, a few bytes a chunk.
#include "proxy/session.hpp"
#include "proxy/stream_wait.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// Below this, copying costs less than two system calls.
constexpr std::uint64_t worth_splicing = std::uint64_t{8} * 1024;

// As little as can hold the end of a chunk and the size of the next: what comes with it is copied.
constexpr std::size_t framing_size = 32;

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
    for (;;) {
        const auto opaque = responses_.opaque();
        if (opaque == 0) {
            const bool goes_on = co_await splice_framing(pipe);
            if (!goes_on) co_return false;
            continue;
        }
        const auto moved = pipe.fill_from(engine, opaque);
        if (moved.value_or(0) > 0) {
            responses_.skip(*moved);
            total += *moved;
            if (pipe.full()) co_await drain_pipe(pipe);
        } else if (!pipe.empty()) {
            co_await drain_pipe(pipe);
        } else {
            // Nothing there, or the end of the stream. A trickle is better copied.
            if (!moved) upstream_->plain_blocked(readiness::readable);
            co_return !moved && total >= worth_splicing;
        }
    }
}

// Reads the end of a chunk and the size of the next. False: the message ends, or the next chunk is
// too small, or nobody knows what comes.
io_task<bool> session::splice_framing(splice_pipe& pipe)
{
    const auto count = from_engine_.read_now(*upstream_, framing_size);
    if (count.value_or(0) == 0) {
        co_await drain_pipe(pipe);
        co_return false;
    }
    const auto next = responses_.next(from_engine_.bytes());
    if (next.kind != piece_kind::body) {
        co_await drain_pipe(pipe);
        co_return false;  // deliver_unread() finds the same once more
    }
    const auto bytes = from_engine_.bytes().substr(0, next.size);
    bool appended = pipe.append(bytes);
    while (!appended) {
        co_await drain_pipe(pipe);
        appended = pipe.append(bytes);
    }
    from_engine_.drop(next.size);
    if (!next.ends_message && responses_.opaque() >= worth_splicing) co_return true;
    co_await drain_pipe(pipe);
    if (next.ends_message && !leases_.empty()) leases_.erase(leases_.begin());
    co_return false;
}

io_task<> session::drain_pipe(splice_pipe& pipe)
{
    const int client = client_.stream->plain_descriptor();
    try {
        bool drained = pipe.drain_to(client);
        while (!drained) {
            client_.stream->plain_blocked(readiness::writable);
            co_await waiting(*client_.stream, readiness::writable);
            drained = pipe.drain_to(client);
        }
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        throw client_gone(error.code().message());
    }
}

}  // namespace proxy
