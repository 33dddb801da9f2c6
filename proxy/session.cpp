// The life of a session: open, then two directions that end separately.
#include "proxy/session.hpp"

#include "proxy/error_reply.hpp"
#include "proxy/route_table.hpp"
#include "proxy/unless_hangup.hpp"
#include "vmctl/deadline.hpp"

#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// For logs and `gangway status`: queries may carry tokens, and paths may be long.
std::string describe(const request_head& head)
{
    constexpr std::size_t enough = 120;
    return (head.method + " " + head.target.substr(0, head.target.find('?'))).substr(0, enough);
}

// The client cannot be written to any more.
class client_gone : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

bool timed_out(const boost::system::system_error& error)
{
    return error.code() == asio::error::timed_out;
}

}  // namespace

session::session(
    asio::any_io_executor executor,
    client_connection client,
    vmctl::engine& engine,
    dialer& dialer,
    session_limits limits
)
    : executor_(executor),
      client_(std::move(client)),
      engine_(engine),
      dialer_(dialer),
      limits_(limits),
      client_finished_(executor),
      hijack_decided_(std::make_shared<vmctl::gate>(executor))
{
}

asio::awaitable<void> session::run()
{
    const bool opened = co_await open();
    if (!opened) co_return;
    try {
        co_await vmctl::both(upload(), download());
    } catch (...) {
        upstream_->abort();
        throw;
    }
    if (upload_cut_) co_await drain_client();
}

void session::abort() noexcept
{
    client_.stream->abort();
    if (upstream_) upstream_->abort();
}

// Opening -----------------------------------------------------------------------------------------

asio::awaitable<session::opening> session::read_first_head()
{
    for (;;) {
        const auto first = requests_.next(from_client_.bytes());
        if (first.kind != piece_kind::more) {
            admitted_ = first.size;
            between_requests_ = first.ends_message;
            co_return first.kind == piece_kind::head ? opening::head : opening::raw;
        }
        const auto count = co_await read_client();
        if (count == 0) {
            if (from_client_.bytes().empty()) co_return opening::nothing;
            // Half a head and then the end: dockerd has an answer to that.
            client_finished_.open();
            requests_.turn_raw();
        }
    }
}

// Reads the first head and connects to the engine. False: the session is over.
asio::awaitable<bool> session::open()
{
    auto first = opening::nothing;
    try {
        first = co_await vmctl::with_deadline(limits_.first_head, read_first_head());
    } catch (const boost::system::system_error& error) {
        if (!timed_out(error)) throw;
    }
    if (first == opening::nothing) co_return false;

    const bool raw = first == opening::raw;
    const auto what = raw ? route{} : find_route(requests_.head().method, requests_.head().target);
    const bool to_head = !raw && requests_.head().method == "HEAD";
    auto who = requester_of(raw ? "unrecognised bytes" : describe(requests_.head()));
    std::string failed;
    opening_ = true;
    try {
        co_await connect(std::move(who), what);
    } catch (const vmctl::engine_unavailable& error) {
        failed = error.what();
    } catch (const dial_error& error) {
        failed = error.what() + ("; " + engine_.advice());
        spdlog::warn("{}", error.what());
    }
    opening_ = false;
    if (!failed.empty()) {
        co_await refuse(std::move(failed), to_head);
        co_return false;
    }
    raw_admitted_ = raw;
    if (!raw) {
        const auto expected = expect_response(what);
        responses_.expect(expected);
        hijack_pending_ = expected.may_hijack;
    }
    co_return true;
}

// An engine that has just died may still be leased: then the next lease starts another. Once,
// because one that dies again and again is an error to be told.
asio::awaitable<void> session::connect(vmctl::requester who, route what)
{
    const bool connected = co_await connect_unless_gone(who, what);
    if (connected) co_return;
    const bool connected_at_last = co_await connect_unless_gone(std::move(who), what);
    if (!connected_at_last) throw dial_error("the engine ended while it was connected to");
}

// False: the engine that was leased is gone.
asio::awaitable<bool> session::connect_unless_gone(vmctl::requester who, route what)
{
    auto asking = engine_.acquire(std::move(who), what.activity);
    auto lease = co_await unless_hangup(*client_.stream, std::move(asking));
    auto dialled = dialer_.dial(lease.address());
    std::exception_ptr failure;
    try {
        upstream_ = co_await unless_hangup(*client_.stream, std::move(dialled));
    } catch (const dial_error&) {
        failure = std::current_exception();
    }
    if (!failure) {
        leases_.push_back(std::move(lease));
        co_return true;
    }
    auto looking = engine_.has_gone(lease.address());
    const bool gone = co_await unless_hangup(*client_.stream, std::move(looking));
    if (!gone) std::rethrow_exception(failure);
    co_return false;
}

asio::awaitable<void> session::refuse(std::string reason, bool to_head)
{
    spdlog::debug("refused {}: {}", client_.who.command, reason);
    const auto reply = error_reply(reason, to_head);
    co_await client_.stream->write(asio::buffer(reply));
    co_await client_.stream->finish_writing();
    if (!client_finished_.is_open()) co_await drain_client();
}

expected_response session::expect_response(const route& what) const
{
    const auto& head = requests_.head();
    return {head.method == "HEAD", what.may_hijack || head.upgrade};
}

vmctl::requester session::requester_of(std::string request) const
{
    spdlog::debug("{} (pid {}): {}", client_.who.command, client_.who.pid, request);
    return {client_.who.uid, client_.who.pid, client_.who.command, std::move(request)};
}

// Client to engine --------------------------------------------------------------------------------

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
    auto who = requester_of(describe(requests_.head()));
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
    auto who = requester_of("unrecognised bytes");
    auto asking = engine_.acquire(std::move(who), vmctl::activity::active);
    auto lease = co_await unless_hangup(*client_.stream, std::move(asking));
    leases_.push_back(std::move(lease));
}

// Engine to client --------------------------------------------------------------------------------

asio::awaitable<void> session::download()
{
    bool gone = false;
    try {
        co_await vmctl::first_to_end(read_engine(), watch_for_hangup());
    } catch (const client_gone&) {
        gone = true;
    }
    if (!gone) co_return;
    // What the client had sent before it went is still on its way through upload().
    try {
        co_await vmctl::with_deadline(limits_.abort_grace, discard_engine());
    } catch (const boost::system::system_error& error) {
        if (!timed_out(error)) throw;
    }
    throw boost::system::system_error(asio::error::connection_aborted);
}

asio::awaitable<void> session::discard_engine()
{
    for (;;) {
        from_engine_.drop(from_engine_.bytes().size());
        const auto count = co_await upstream_->read_some(from_engine_.space());
        if (count == 0) break;
        from_engine_.filled(count);
    }
}

asio::awaitable<void> session::read_engine()
{
    std::string refused;
    try {
        for (;;) {
            const auto count = co_await upstream_->read_some(from_engine_.space());
            if (count == 0) break;
            engine_answered_ = true;
            from_engine_.filled(count);
            co_await deliver_unread();
        }
    } catch (const tls_truncated&) {
        // The request may have taken effect: a broken connection says so, an answer would not.
        throw;
    } catch (const tls_error& error) {
        // With TLS 1.3 this is where a certificate that the engine refuses shows.
        if (engine_answered_) throw;
        refused = std::string("the engine refused the TLS connection: ") + error.what() +
                  "; check the certificates";
    }
    co_await end_response(std::move(refused));
}

asio::awaitable<void> session::write_client(std::string_view bytes)
{
    try {
        const auto all = asio::buffer(bytes);
        const auto rest = all + client_.stream->write_now(all);
        if (rest.size() > 0) co_await client_.stream->write(rest);
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        throw client_gone(error.code().message());
    }
}

// Passes on the engine's end of stream, after the little that was still held back.
asio::awaitable<void> session::end_response(std::string refused)
{
    if (!refused.empty()) {
        const auto reply = error_reply(refused, requests_.head().method == "HEAD");
        co_await write_client(reply);
    }
    const auto rest = from_engine_.bytes();
    if (!rest.empty()) co_await write_client(rest);
    co_await client_.stream->finish_writing();
    decide_hijack(false);
    leases_.clear();
}

// Hands on what the engine has sent as it came, but for the head of a hijacked stream: that is a
// write of its own, since clients (docker-py) lose stream bytes that come with it.
asio::awaitable<void> session::deliver_unread()
{
    std::size_t ready = 0;
    for (;;) {
        const auto next = responses_.next(from_engine_.bytes().substr(ready));
        if (next.kind == piece_kind::more) break;
        ready += next.size;
        if (next.kind == piece_kind::head && responses_.role() == response_role::hijacked) {
            co_await write_client(from_engine_.bytes().substr(0, ready));
            from_engine_.drop(std::exchange(ready, 0));
            decide_hijack(true);
        }
        const bool final =
            next.kind == piece_kind::head && responses_.role() == response_role::final;
        if (final && responses_.answers_hijack()) decide_hijack(false);
        if (next.kind == piece_kind::raw && hijack_pending_) decide_hijack(true);
        if (next.ends_message && !leases_.empty()) leases_.pop_front();
    }
    if (ready > 0) {
        co_await write_client(from_engine_.bytes().substr(0, ready));
        from_engine_.drop(ready);
    }
}

void session::decide_hijack(bool accepted)
{
    hijack_pending_ = false;
    if (accepted) {
        raw_admitted_ = true;  // under the lease of the request that was hijacked
        requests_.turn_raw();
    }
    hijack_decided_->open();
}

// While the client is read from, its end shows there.
asio::awaitable<void> session::watch_for_hangup()
{
    co_await client_finished_.wait();
    co_await abort_when_client_goes();
}

// Takes what the client still sends, so that closing does not spoil the answer it is about to read.
asio::awaitable<void> session::drain_client()
{
    try {
        for (;;) {
            from_client_.drop(from_client_.bytes().size());
            const auto count = co_await vmctl::with_deadline(
                limits_.linger, client_.stream->read_some(from_client_.space())
            );
            if (count == 0) break;
        }
    } catch (const boost::system::system_error& error) {
        if (!timed_out(error)) throw;
    }
}

}  // namespace proxy
