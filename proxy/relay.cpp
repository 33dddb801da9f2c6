// Copies what is little, and splices what is much.
#include "proxy/relay.hpp"

#include "proxy/inlet.hpp"
#include "proxy/stream_wait.hpp"

#include <boost/asio/buffer.hpp>

#include <cstdint>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// After so much, others have their turn.
constexpr std::uint64_t turn = std::uint64_t{4} * 1024 * 1024;

io_task<> splice_what_is_there(
    splice_pipe& pipe, byte_stream& from, byte_stream& to, std::uint64_t& moved
)
{
    std::uint64_t total = 0;
    while (total < turn) {
        const auto found = pipe.fill_from(from.plain_descriptor(), turn - total);
        total += found.value_or(0);
        if (found.value_or(0) > 0) {
            if (pipe.full()) co_await drain(pipe, to, moved);
        } else if (!pipe.empty()) {
            co_await drain(pipe, to, moved);
        } else {
            if (!found) from.plain_blocked(readiness::readable);
            co_return;
        }
    }
    if (!pipe.empty()) co_await drain(pipe, to, moved);
}

// Returns when there is nothing more just now.
io_task<> splice(loop_tools& tools, byte_stream& from, byte_stream& to, std::uint64_t& moved)
{
    if (from.plain_descriptor() < 0 || to.plain_descriptor() < 0) co_return;
    auto pipe = tools.pipes.take();
    if (!pipe) co_return;
    co_await splice_what_is_there(*pipe, from, to, moved);
    tools.pipes.give_back(std::move(*pipe));
}

}  // namespace

io_task<> relay(loop_tools& tools, byte_stream& from, byte_stream& to, std::uint64_t& moved)
{
    const pipe_pool::user bulk(tools.pipes);
    inlet in(tools.buffers);
    for (;;) {
        const auto count = co_await in.read(from);
        if (count == 0) break;
        auto rest = asio::buffer(in.bytes());
        if (!to.write_now(rest)) co_await write_rest(to, rest);
        moved += count;
        in.drop(count);
        if (count >= inlet::bulk) co_await splice(tools, from, to, moved);
    }
    in.rest();
    if (!to.finish_now()) {
        co_await write_rest(to, asio::const_buffer());
    }
}

io_task<> drain(splice_pipe& pipe, byte_stream& to, std::uint64_t& moved)
{
    const auto count = pipe.held();
    bool drained = pipe.drain_to(to.plain_descriptor());
    while (!drained) {
        to.plain_blocked(readiness::writable);
        co_await waiting(to, readiness::writable);
        drained = pipe.drain_to(to.plain_descriptor());
    }
    moved += count;
}

}  // namespace proxy
