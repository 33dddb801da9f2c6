// A session's direction from the client to the engine.
#include "proxy/route_table.hpp"
#include "proxy/session.hpp"
#include "proxy/unless_hangup.hpp"
#include "vmctl/deadline.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {

asio::awaitable<void> session::upload()
{
    for (;;) {
        const bool engine_reads = co_await forward_unread();
        if (!engine_reads) {
            upload_cut_ = true;
            client_finished_.open();
            co_return;
        }
        if (client_finished_.is_open()) break;
        const auto count = co_await read_client();
        if (count == 0) {
            // What is left is half a head: the engine shall see that, too.
            if (!from_client_.bytes().empty()) requests_.turn_raw();
            client_finished_.open();
        }
    }
    co_await finish_upload();
}

// 0: the client has finished. One that closed without having read all that it was sent shows as a
// reset; it has finished, too, and watch_for_hangup() sees that it is gone.
asio::awaitable<std::size_t> session::read_client()
{
    std::size_t count = 0;
    try {
        count = co_await client_.stream->read_some(from_client_.space());
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::connection_reset) throw;
    }
    from_client_.filled(count);
    co_return count;
}

// An engine that is gone needs no end of stream, and what it said last must still be delivered.
asio::awaitable<void> session::finish_upload()
{
    try {
        co_await upstream_->finish_writing();
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
    }
}

// Sends on all that may be sent, in one write where possible: dockerd discards the bytes behind an
// attach's head that came with it, but takes those of a later segment for the container's stdin.
// False: the engine does not read any more.
asio::awaitable<bool> session::forward_unread()
{
    for (;;) {
        const auto rest = from_client_.bytes().substr(admitted_);
        if (hijack_pending_ && between_requests_ && !rest.empty()) {
            const bool engine_reads = co_await send(std::exchange(admitted_, 0));
            if (!engine_reads) co_return false;
            const auto decided = hijack_decided_;
            co_await unless_client_goes(decided->wait());
            continue;
        }
        const auto next = requests_.next(rest);
        if (next.kind == piece_kind::more) break;
        if (next.kind == piece_kind::head) co_await admit_request();
        if (next.kind == piece_kind::raw) co_await admit_raw();
        between_requests_ = next.ends_message;
        admitted_ += next.size;
    }
    const bool engine_reads = co_await send(std::exchange(admitted_, 0));
    co_return engine_reads;
}

asio::awaitable<bool> session::send(std::size_t count)
{
    if (count == 0) co_return true;
    bool sent = true;
    try {
        const auto bytes = asio::buffer(from_client_.bytes().substr(0, count));
        const auto rest = bytes + upstream_->write_now(bytes);
        if (rest.size() > 0) co_await unless_client_goes(upstream_->write(rest));
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        sent = false;  // perhaps an early response is on its way: download() will tell
    } catch (const tls_error&) {
        sent = false;
    }
    from_client_.drop(count);
    co_return sent;
}

// Work in which nobody reads from the client, so that its going would not show.
asio::awaitable<void> session::unless_client_goes(asio::awaitable<void> work)
{
    co_await vmctl::first_to_end(std::move(work), abort_when_client_goes());
}

// A client that has closed its socket altogether will read no answer: the engine must learn of it
// even while it has nothing to say, or a silent attach would stay open for ever.
asio::awaitable<void> session::abort_when_client_goes()
{
    co_await client_.stream->wait_for_hangup();
    asio::steady_timer grace(executor_, limits_.abort_grace);
    co_await grace.async_wait(asio::use_awaitable);
    upstream_->abort();
    throw boost::system::system_error(asio::error::connection_aborted);
}

// A further request on the connection.
asio::awaitable<void> session::admit_request()
{
    const auto what = find_route(requests_.head().method, requests_.head().target);
    const auto expected = expect_response(what);
    auto who = requester_of_request();
    auto asking = engine_.acquire(std::move(who), what.activity);
    auto lease = co_await unless_hangup(*client_.stream, std::move(asking));
    leases_.push_back(std::move(lease));
    responses_.expect(expected);
    if (expected.may_hijack) {
        hijack_pending_ = true;
        hijack_decided_ = std::make_shared<vmctl::gate>(executor_);
    }
}

// Bytes that are no HTTP we know keep the engine in use to the end, unless they belong to a
// hijacked stream, which has its lease already.
asio::awaitable<void> session::admit_raw()
{
    if (raw_admitted_) co_return;
    raw_admitted_ = true;
    auto who = requester_of_bytes();
    auto asking = engine_.acquire(std::move(who), vmctl::activity::active);
    auto lease = co_await unless_hangup(*client_.stream, std::move(asking));
    leases_.push_back(std::move(lease));
}

}  // namespace proxy
