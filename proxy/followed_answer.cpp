// One connection to the engine after another, and one answer.
#include "proxy/followed_answer.hpp"

#include "proxy/asio_bridge.hpp"
#include "proxy/engine_query.hpp"
#include "proxy/error_reply.hpp"
#include "proxy/stream_text.hpp"
#include "proxy/stream_wait.hpp"
#include "proxy/tls_stream.hpp"
#include "proxy/whole_message.hpp"
#include "vmctl/deadline.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// While an engine that is there does not answer: it may be starting. Two minutes in all.
constexpr auto pause_between_tries = std::chrono::seconds(1);
constexpr int most_failures = 120;

// A connection that was kept so long was none that failed.
constexpr auto long_enough = std::chrono::seconds(10);

constexpr auto patience = std::chrono::seconds(10);

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
    : tools_(tools),
      engine_(engine),
      dialer_(dialer),
      client_(client),
      request_(std::move(request)),
      stream_(std::move(stream)),
      from_engine_(tools.buffers)
{
}

io_task<> followed_answer::run(std::unique_ptr<byte_stream> engine, vmctl::lease lease)
{
    upstream_ = std::move(engine);
    lease_ = std::move(lease);
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
        if (!client_finished_) co_await join_again();
        if (client_finished_) break;
        spdlog::debug("pid {}: {} goes on", request_.who.pid, request_.who.request);
    }
    co_await end_answer();
}

// Without it, what happens before the first line comes may be told twice or not at all.
io_task<> followed_answer::learn_beginning()
{
    waiting_ = std::make_unique<asio::cancellation_signal>();
    std::optional<engine_answer> info;
    try {
        auto asking = ask_engine(dialer_, lease_.address(), "GET /info");
        from_asio answering(
            tools_.executor, vmctl::with_deadline(patience, std::move(asking)), waiting_->slot()
        );
        info = co_await answering;
    } catch (const std::exception& error) {
        spdlog::debug("the engine's clock: {}", error.what());
    }
    waiting_.reset();
    check_aborted();
    const auto now = info ? clock_in(info->body) : std::nullopt;
    if (now) stream_->began(*now);
}

io_task<followed_answer::outcome> followed_answer::pass_on(std::string target)
{
    from_engine_.drop(from_engine_.bytes().size());
    responses_ = {};
    responses_.expect({});
    has_head_ = asked_ = false;
    std::string why;
    try {
        const auto head = with_target(request_.head, target);
        auto rest = asio::buffer(std::string_view(head));
        if (!upstream_->write_now(rest)) {
            co_await write_rest(*upstream_, rest);
        }
        asked_ = true;
        if (client_finished_) finish_asking();
        co_return co_await hand_on();
    } catch (const boost::system::system_error& error) {
        why = error.code().message();
    } catch (const tls_truncated& error) {
        why = error.what();
    } catch (const tls_error& error) {
        // With TLS 1.3 this is where a certificate that the engine refuses shows.
        if (!begun_) throw;
        why = error.what();
    }
    check_aborted();
    spdlog::debug("pid {}: {} pauses: {}", request_.who.pid, request_.who.request, why);
    co_return outcome::broke_off;
}

io_task<followed_answer::outcome> followed_answer::hand_on()
{
    for (;;) {
        const auto count = co_await from_engine_.read(*upstream_);
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
            const auto count = co_await from_engine_.read(*upstream_);
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
    if (!fresh.empty()) failures_ = 0;
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
    } else if (!joins) {
        if (status == 404 && stream_->ends_without_subject()) co_return true;
        throw dial_error("the engine answers by status " + std::to_string(status));
    }
    // Who only watches does not keep it awake.
    if (request_.activity != vmctl::activity::active) lease_ = {};
    co_return false;
}

// Returns with a connection to an engine, or when the client has finished.
io_task<> followed_answer::join_again()
{
    lease_ = {};
    const auto lasted = std::chrono::steady_clock::now() - joined_at_;
    if (lasted > long_enough) failures_ = 0;
    auto pause = std::chrono::steady_clock::duration::zero();
    if (lasted < pause_between_tries) pause = pause_between_tries;
    while (failures_++ < most_failures) {
        // Also because the connection that goes calls us.
        co_await pausing(tools_.overdue, pause);
        pause = pause_between_tries;
        upstream_.reset();
        check_aborted();
        if (client_finished_) co_return;
        co_await acquire_again();
        if (client_finished_) co_return;
        const bool dialled = co_await dial();
        if (dialled) co_return;
    }
    throw dial_error("the engine does not come back");
}

io_task<> followed_answer::acquire_again()
{
    waiting_ = std::make_unique<asio::cancellation_signal>();
    std::exception_ptr failure;
    std::optional<vmctl::lease> granted;
    try {
        from_asio asking(
            tools_.executor,
            engine_.acquire_again(request_.who, request_.activity),
            waiting_->slot()
        );
        granted = co_await asking;
    } catch (...) {
        failure = std::current_exception();
    }
    waiting_.reset();
    check_aborted();
    if (client_finished_) co_return;
    if (failure) std::rethrow_exception(failure);
    lease_ = std::move(*granted);
}

io_task<bool> followed_answer::dial()
{
    dial_attempt attempt;
    dialling_ = &attempt;
    try {
        upstream_ =
            co_await dialer_.dial(lease_.address(), application_protocol::http_1_1, attempt);
    } catch (const std::exception& error) {
        spdlog::debug("pid {}: {} waits: {}", request_.who.pid, request_.who.request, error.what());
    }
    dialling_ = nullptr;
    check_aborted();
    if (!upstream_) co_return false;
    joined_at_ = std::chrono::steady_clock::now();
    if (keeps_alive_) upstream_->keep_alive();
    co_return true;
}

io_task<> followed_answer::end_answer()
{
    if (begun_ && !plain_) co_await write_client(last_chunk);
}

io_task<> followed_answer::write_client(std::string_view bytes)
{
    try {
        auto rest = asio::buffer(bytes);
        if (!client_.write_now(rest)) {
            co_await write_rest(client_, rest);
        }
    } catch (const boost::system::system_error& error) {
        throw client_gone(error.code().message());
    }
}

void followed_answer::client_finished() noexcept
{
    client_finished_ = true;
    if (waiting_) waiting_->emit(asio::cancellation_type::terminal);
    if (dialling_ != nullptr) dialling_->call_off();
    if (upstream_ && asked_) finish_asking();
}

// The engine is told what the client has told us.
void followed_answer::finish_asking() noexcept
{
    bool told = false;
    try {
        told = upstream_->finish_now();
    } catch (const std::exception& error) {
        spdlog::debug("pid {}: {}", request_.who.pid, error.what());
    }
    if (!told) upstream_->abort();
}

void followed_answer::lose_engine() noexcept
{
    if (dialling_ != nullptr) dialling_->call_off();
    if (upstream_) upstream_->abort();
}

void followed_answer::keep_alive() noexcept
{
    keeps_alive_ = true;
    if (upstream_) upstream_->keep_alive();
}

void followed_answer::abort() noexcept
{
    aborted_ = true;
    if (waiting_) waiting_->emit(asio::cancellation_type::terminal);
    lose_engine();
}

void followed_answer::check_aborted() const
{
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
}

}  // namespace proxy
