// A session's direction from the client to the engine.
#include "proxy/route_table.hpp"
#include "proxy/session.hpp"
#include "proxy/stream_wait.hpp"
#include "proxy/tls_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {

io_task<> session::upload()
{
    for (;;) {
        const bool goes_on = co_await forward_unread();
        if (!goes_on) {
            upload_cut_ = true;
            client_finished_ = true;
            if (connected()) begin_watching();
            co_return;
        }
        if (client_finished_) break;
        const auto count = co_await read_client();
        if (count == 0) {
            // What is left is half a head: the engine shall see that, too.
            if (!from_client_.bytes().empty()) requests_.turn_raw();
            client_finished_ = true;
        }
    }
    from_client_.rest();
    if (following_) {
        begin_watching();
        following_->client_finished();
    }
    if (!connected()) co_return;
    begin_watching();
    co_await finish_upload();
}

// 0: the client has finished. One that closed without having read all that it was sent shows as a
// reset; it has finished, too, and the watch sees that it is gone.
io_task<std::size_t> session::read_client()
{
    try {
        co_return co_await from_client_.read(*client_.stream);
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::connection_reset) throw;
        co_return 0;
    }
}

// An engine that is gone needs no end of stream, and what it said last must still be delivered.
io_task<> session::finish_upload()
{
    try {
        if (!upstream_->finish_now()) {
            co_await write_rest(*upstream_, asio::const_buffer());
        }
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
    }
}

// Sends on all that may be sent, in one write where possible: dockerd discards the bytes behind an
// attach's head that came with it, but takes those of a later segment for the container's stdin.
// False: the engine does not read any more, or there is none and the client was told.
io_task<bool> session::forward_unread()
{
    for (;;) {
        if (held_.holds()) {
            const bool engine_reads = co_await forward_held();
            if (!engine_reads) co_return false;
        }
        const auto rest = from_client_.bytes().substr(admitted_);
        if (hijack_pending_ && between_requests_ && !rest.empty()) {
            const bool engine_reads = co_await send(std::exchange(admitted_, 0));
            if (!engine_reads) co_return false;
            if (hijack_pending_) {
                begin_watching();
                co_await hijack_decided_;
                end_watching();
            }
            if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
            continue;
        }
        const auto next = requests_.next(rest);
        if (next.kind == piece_kind::more) break;
        if (next.kind == piece_kind::head) {
            const auto admitted = co_await admit(next.size);
            if (admitted == admission::refused) co_return false;
            if (admitted == admission::answered) {
                from_client_.drop(next.size);
                continue;
            }
        }
        if (held_.holds()) {
            const bool engine_reads = co_await send(std::exchange(admitted_, 0));
            if (!engine_reads) co_return false;
        }
        if (next.kind == piece_kind::raw && !raw_admitted_) {
            const auto admitted = co_await admit(0);
            if (admitted == admission::refused) co_return false;
        }
        between_requests_ = next.ends_message;
        admitted_ += next.size;
    }
    co_return co_await send(std::exchange(admitted_, 0));
}

io_task<bool> session::send(std::size_t count)
{
    if (count == 0) co_return true;
    const bool sent = co_await send_bytes(from_client_.bytes().substr(0, count));
    from_client_.drop(count);
    co_return sent;
}

io_task<bool> session::send_bytes(std::string_view bytes)
{
    bool sent = true;
    sending_ = true;
    try {
        auto rest = asio::buffer(bytes);
        if (!upstream_->write_now(rest)) {
            begin_watching();
            co_await write_rest(*upstream_, rest);
        }
        tools_.counted.to_engine += bytes.size();
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        sent = false;  // perhaps an early response is on its way: download() will tell
    } catch (const tls_error&) {
        sent = false;
    }
    sending_ = false;
    end_watching();
    co_return sent;
}

// A request, whose head is the next `head_size` bytes that are unread; with 0, bytes that are no
// HTTP we know, which keep the engine in use to the end, unless they belong to a hijacked stream,
// which has its lease already.
io_task<session::admission> session::admit(std::size_t head_size)
{
    first_head_.reset();
    co_await end_of_following();
    raw_request_ = head_size == 0;
    route what;
    name_ = {};
    std::string question;
    if (!raw_request_) {
        const auto found = find_named_route(requests_.head().method, requests_.head().target);
        what = found.what;
        name_ = found.name;
        question = lasting_question(what, head_size);
        auto stream = stream_to_follow(what);
        if (stream) co_return co_await follow(what, head_size, std::move(stream));
    }
    std::optional<vmctl::lease> ready;
    if (connected()) ready = engine_.acquire_now(what.activity);
    if (ready) {
        take_lease(std::move(*ready), what);
    } else if (connected() && !idle()) {
        auto lease = co_await acquire(what.activity);
        take_lease(std::move(lease), what);
    } else {
        const auto known = answer_asleep(question);
        if (known) {
            co_await answer_client(*known);
            tools_.counted.answers.add(name_, 200);  // others are not remembered
            ++tools_.counted.known_answers;
            co_return admission::answered;
        }
        const bool opened = co_await open(what);
        if (!opened) co_return admission::refused;
    }
    if (raw_request_) {
        raw_admitted_ = true;
        client_.stream->hijacked();
    } else {
        listen_for(std::move(question));
        take_in(what);
    }
    // Not before: what the engine says at once answers a request that is known.
    if (!download_begun_) begin_download();
    co_return admission::passes;
}

}  // namespace proxy
