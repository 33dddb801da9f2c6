// A session's direction from the engine to the client.
#include "proxy/error_reply.hpp"
#include "proxy/session.hpp"
#include "proxy/stream_wait.hpp"
#include "proxy/tls_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {

io_task<> session::download()
{
    bool gone = false;
    try {
        co_await read_engine();
    } catch (const client_gone&) {
        gone = true;
    }
    if (!gone) co_return;
    // What the client had sent before it went is still on its way through upload().
    client_went();
    co_await discard_engine();
    throw boost::system::system_error(asio::error::connection_aborted);
}

io_task<> session::discard_engine()
{
    std::size_t count = 0;
    do {
        from_engine_.drop(from_engine_.bytes().size());
        count = co_await from_engine_.read(*upstream_);
    } while (count > 0);
}

io_task<> session::read_engine()
{
    std::string refused;
    try {
        for (;;) {
            const auto count = co_await from_engine_.read(*upstream_);
            if (count == 0) break;
            engine_answered_ = true;
            co_await deliver_unread();
            if (count < inlet::bulk || overhears()) continue;
            co_await splice_bodies();
            if (!from_engine_.bytes().empty()) co_await deliver_unread();
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

io_task<> session::write_client(std::string_view bytes)
{
    try {
        auto rest = asio::buffer(bytes);
        if (!client_.stream->write_now(rest)) {
            co_await write_rest(*client_.stream, rest);
        }
        tools_.counted.to_client += bytes.size();
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        throw client_gone(error.code().message());
    }
}

// The first `count` bytes of what the engine has sent.
io_task<> session::hand_on(std::size_t count)
{
    if (count == 0) co_return;
    co_await write_client(from_engine_.bytes().substr(0, count));
    from_engine_.drop(count);
}

// Passes on the engine's end of stream, after the little that was still held back.
io_task<> session::end_response(std::string refused)
{
    if (!refused.empty()) {
        const auto reply = error_reply(refused, requests_.head().method == "HEAD");
        co_await write_client(reply);
        count_answer(unavailable);
    }
    engine_finished_ = true;
    co_await hand_on(from_engine_.bytes().size());
    from_engine_.rest();
    co_await finish_client();
    decide_hijack(false);
    unanswered_.clear();
    answered_.wake(tools_.executor);
}

// On a pipe this takes until the client has read everything.
io_task<> session::finish_client()
{
    try {
        if (!client_.stream->finish_now()) {
            co_await write_rest(*client_.stream, asio::const_buffer());
        }
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        throw client_gone(error.code().message());
    }
}

// Hands on what the engine has sent as it came, but for the head of a hijacked stream: that is a
// write of its own, since clients (docker-py) lose stream bytes that come with it.
io_task<> session::deliver_unread()
{
    std::size_t ready = 0;
    for (;;) {
        const auto next = responses_.next(from_engine_.bytes().substr(ready));
        if (next.kind == piece_kind::more) break;
        overhear(next, from_engine_.bytes().substr(ready, next.size));
        ready += next.size;
        if (next.kind == piece_kind::head && responses_.role() == response_role::hijacked) {
            co_await hand_on(std::exchange(ready, 0));
            decide_hijack(true);
        }
        const bool final =
            next.kind == piece_kind::head && responses_.role() == response_role::final;
        if (final) engine_will_close_ = responses_.closes();
        if (final && !unanswered_.empty() && unanswered_.front().start) {
            ready = co_await deliver_start(ready, next.size);
        } else if (next.kind == piece_kind::head && responses_.role() != response_role::interim) {
            count_answer(responses_.status());
        }
        if (final && responses_.answers_hijack()) decide_hijack(false);
        if (next.kind == piece_kind::raw && hijack_pending_) decide_hijack(true);
        bool ended = next.ends_message;
        if (final && !ended && !unanswered_.empty() && unanswered_.front().restores) {
            const auto delivered = co_await deliver_restored(ready, next.size);
            ready = delivered.ready;
            ended = delivered.ended;
        }
        if (ended) first_is_answered();
    }
    co_await hand_on(ready);
}

void session::first_is_answered()
{
    if (unanswered_.empty()) return;
    remember_what_was_heard();
    unanswered_.erase(unanswered_.begin());
    answered_.wake(tools_.executor);
}

// To the first request.
void session::count_answer(int status)
{
    if (!unanswered_.empty()) tools_.counted.answers.add(unanswered_.front().name, status);
}

void session::decide_hijack(bool accepted)
{
    hijack_pending_ = false;
    if (accepted) {
        raw_admitted_ = true;  // under the lease of the request that was hijacked
        client_.stream->hijacked();
        requests_.turn_raw();
    }
    hijack_decided_.wake(tools_.executor);
}

}  // namespace proxy
