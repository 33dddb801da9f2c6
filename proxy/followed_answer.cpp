// Many answers of the engine, and one to the client.
#include "proxy/followed_answer.hpp"

#include "proxy/error_reply.hpp"
#include "proxy/stream_text.hpp"
#include "proxy/stream_wait.hpp"
#include "proxy/tls_stream.hpp"
#include "proxy/whole_message.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

constexpr std::string_view last_chunk = "0\r\n\r\n";

// The client cannot be written to any more.
class client_gone : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace

followed_answer::followed_answer(
    loop_tools& tools,
    vmctl::engine& engine,
    dialer& dialer,
    byte_stream& client,
    followed_request request,
    std::unique_ptr<watched_stream> stream
)
    : client_(client),
      head_(std::move(request.head)),
      who_(request.who),
      name_(request.name),
      counted_(tools.counted),
      stream_(std::move(stream)),
      upstream_(tools, engine, dialer, std::move(request.who), request.activity),
      from_engine_(tools.buffers)
{
}

io_task<> followed_answer::run(std::unique_ptr<byte_stream> engine, vmctl::lease lease)
{
    upstream_.begin(std::move(engine), std::move(lease));
    std::exception_ptr failure;
    std::string reason;
    try {
        co_await follow();
    } catch (const client_gone&) {
        failure = std::current_exception();
    } catch (const std::exception& error) {
        failure = std::current_exception();
        reason = error.what();
    }
    if (!failure) co_return;
    if (begun_ || aborted_ || reason.empty()) std::rethrow_exception(failure);
    closes_ = true;
    const auto reply = error_reply(reason, false);
    co_await write_client(reply);
    counted_.answers.add(name_, unavailable);
}

io_task<> followed_answer::follow()
{
    if (stream_->needs_beginning()) co_await learn_beginning();
    std::optional<std::string> target = stream_->first_target();
    for (;;) {
        const auto how = co_await pass_on(*target);
        if (how == outcome::ended) co_return;
        if (begun_) target = stream_->next_target();
        if (!target || plain_) throw dial_error("the engine broke off its answer");
        const bool joined = co_await upstream_.renew();
        check_aborted();
        if (!joined) break;
        spdlog::debug("pid {}: {} goes on", who_.pid, who_.request);
    }
    // The client has finished.
    if (begun_) co_await write_client(last_chunk);
}

// Without it, what happens before the first line comes may be told twice or not at all.
io_task<> followed_answer::learn_beginning()
{
    const auto info = co_await upstream_.ask("GET /info");
    check_aborted();
    const auto now = info ? clock_in(info->body) : std::nullopt;
    if (now) stream_->began(*now);
}

io_task<followed_answer::outcome> followed_answer::pass_on(std::string target)
{
    from_engine_.drop(from_engine_.bytes().size());
    responses_ = {};
    responses_.expect({});
    has_head_ = false;
    std::string why;
    try {
        const auto head = with_target(head_, target);
        auto rest = asio::buffer(std::string_view(head));
        if (!upstream_.connection().write_now(rest)) {
            co_await write_rest(upstream_.connection(), rest);
        }
        counted_.to_engine += head.size();
        asked_ = true;
        if (client_finished_) finish_asking();
        const auto how = co_await hand_on();
        if (how == outcome::ended) co_return how;
        why = "its end is missing";
    } catch (const boost::system::system_error& error) {
        why = error.code().message();
    } catch (const tls_truncated& error) {
        why = error.what();
    } catch (const tls_error& error) {
        // With TLS 1.3 this is where a certificate that the engine refuses shows.
        if (!begun_) throw;
        why = error.what();
    }
    asked_ = false;
    check_aborted();
    spdlog::debug("pid {}: {} pauses: {}", who_.pid, who_.request, why);
    co_return outcome::broke_off;
}

io_task<followed_answer::outcome> followed_answer::hand_on()
{
    for (;;) {
        const auto count = co_await from_engine_.read(upstream_.connection());
        if (count == 0) co_return outcome::broke_off;
        const bool ended = co_await take_in();
        if (ended) co_return outcome::ended;
        if (!plain_) continue;
        co_await hand_on_plain();
        co_return outcome::ended;
    }
}

// Nothing that could be joined again: an error, say.
io_task<> followed_answer::hand_on_plain()
{
    for (;;) {
        const auto next = responses_.next(from_engine_.bytes());
        if (next.kind == piece_kind::more) {
            const auto count = co_await from_engine_.read(upstream_.connection());
            if (count > 0) continue;
            closes_ = true;
            co_return;
        }
        co_await write_client(from_engine_.bytes().substr(0, next.size));
        from_engine_.drop(next.size);
        if (next.ends_message) co_return;
    }
}

// All that has come. True: the answer has ended, and the client has it all.
io_task<bool> followed_answer::take_in()
{
    std::string fresh;
    bool ended = false;
    while (!ended && !plain_) {
        const auto unread = from_engine_.bytes();
        const auto in_chunk = has_head_ ? responses_.opaque() : 0;
        const auto data = unread.substr(0, in_chunk);
        if (!data.empty()) {
            fresh += stream_->take(data, data.size() == in_chunk);
            responses_.skip(data.size());
            from_engine_.drop(data.size());
            continue;
        }
        const auto next = responses_.next(unread.substr(0, has_head_ ? 1 : unread.size()));
        if (next.kind == piece_kind::more) break;
        if (next.kind == piece_kind::raw) throw dial_error("the engine does not speak HTTP");
        ended = next.ends_message;
        if (next.kind == piece_kind::head) ended |= co_await take_head(next.size);
        from_engine_.drop(next.size);
    }
    if (plain_) co_return ended;
    if (ended) fresh += stream_->rest();
    if (!fresh.empty()) upstream_.got_on();
    // In one write: a client that has what it wants may be gone before another.
    auto chunks = fresh.empty() ? std::string() : chunk_of(fresh);
    if (ended) chunks += last_chunk;
    if (!chunks.empty()) co_await write_client(chunks);
    co_return ended;
}

// True: there is no more to come.
io_task<bool> followed_answer::take_head(std::size_t size)
{
    if (responses_.role() == response_role::interim) co_return false;
    has_head_ = true;
    const auto status = responses_.status();
    const bool joins = status == 200 && responses_.framing().kind == body_kind::chunked;
    if (!begun_) {
        begun_ = true;
        plain_ = !joins;
        closes_ = responses_.closes();
        co_await write_client(from_engine_.bytes().substr(0, size));
        counted_.answers.add(name_, status);
    } else if (!joins) {
        if (status == 404 && stream_->ends_without_subject()) co_return true;
        throw dial_error("the engine answers by status " + std::to_string(status));
    }
    upstream_.release_watcher();
    co_return false;
}

io_task<> followed_answer::write_client(std::string_view bytes)
{
    try {
        auto rest = asio::buffer(bytes);
        if (!client_.write_now(rest)) {
            co_await write_rest(client_, rest);
        }
        counted_.to_client += bytes.size();
    } catch (const boost::system::system_error& error) {
        throw client_gone(error.code().message());
    }
}

void followed_answer::client_finished() noexcept
{
    client_finished_ = true;
    upstream_.call_off();
    if (asked_) finish_asking();
}

// The engine is told what the client has told us.
void followed_answer::finish_asking() noexcept
{
    bool told = false;
    try {
        told = upstream_.connection().finish_now();
    } catch (const std::exception& error) {
        spdlog::debug("pid {}: {}", who_.pid, error.what());
    }
    if (!told) upstream_.lose();
}

void followed_answer::abort() noexcept
{
    aborted_ = true;
    upstream_.call_off();
    upstream_.lose();
}

void followed_answer::check_aborted() const
{
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
}

}  // namespace proxy
