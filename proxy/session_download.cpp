// A session's direction from the engine to the client.
#include "proxy/error_reply.hpp"
#include "proxy/session.hpp"
#include "vmctl/deadline.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// The client cannot be written to any more.
class client_gone : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace

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
        if (!vmctl::timed_out(error)) throw;
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

}  // namespace proxy
