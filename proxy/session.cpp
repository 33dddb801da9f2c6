// The life of a session: open, then two directions (session_upload.cpp, session_download.cpp) that
// end separately.
#include "proxy/session.hpp"

#include "proxy/asio_bridge.hpp"
#include "proxy/error_reply.hpp"
#include "proxy/route_table.hpp"
#include "proxy/stream_wait.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
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

}  // namespace

session::session(
    loop_tools& tools,
    client_connection client,
    vmctl::engine& engine,
    dialer& dialer,
    const session_limits& limits
)
    : tools_(tools),
      client_(std::move(client)),
      engine_(engine),
      dialer_(dialer),
      limits_(limits),
      from_client_(tools.buffers),
      from_engine_(tools.buffers)
{
}

void session::start(std::function<void(std::exception_ptr)> ended)
{
    ended_ = std::move(ended);
    parts_ = 1;
    proxy::start(live(), [this](std::exception_ptr failure) { part_ended(std::move(failure)); });
}

io_task<> session::live()
{
    const bool opened = co_await open();
    if (!opened) co_return;
    ++parts_;
    proxy::start(download(), [this](std::exception_ptr failure) {
        part_ended(std::move(failure));
    });
    co_await upload();
}

// The first part that breaks takes the other along.
void session::part_ended(std::exception_ptr failure)
{
    if (failure && !failure_) {
        failure_ = std::move(failure);
        abort();
    }
    if (--parts_ > 0) return;
    end_watching();
    if (!watch_pending_) finish();
}

void session::finish()
{
    if (!failure_ && std::exchange(upload_cut_, false)) {
        parts_ = 1;
        proxy::start(drain_client(), [this](std::exception_ptr failure) {
            part_ended(std::move(failure));
        });
        return;
    }
    going_.reset();
    // Posted: a part of this session calls us. Nothing of it is left when `ended` returns.
    asio::post(tools_.executor, [ended = std::move(ended_), failure = failure_] {
        ended(failure);
    });
}

void session::keep_alive() noexcept
{
    keeps_alive_ = true;
    if (upstream_) upstream_->keep_alive();
}

void session::abort() noexcept
{
    aborted_ = true;
    if (acquiring_) acquiring_->emit(asio::cancellation_type::terminal);
    if (dialling_ != nullptr) dialling_->call_off();
    client_.stream->abort();
    if (upstream_) upstream_->abort();
    hijack_decided_.wake(tools_.executor);
    answered_.wake(tools_.executor);
}

io_task<session::opening> session::read_first_head()
{
    const deadline limit(tools_.overdue, limits_.first_head, [this] { client_.stream->abort(); });
    for (;;) {
        const auto first = requests_.next(from_client_.bytes());
        if (first.kind != piece_kind::more) {
            admitted_ = first.size;
            between_requests_ = first.ends_message;
            co_return first.kind == piece_kind::head ? opening::head : opening::raw;
        }
        std::size_t count = 0;
        try {
            count = co_await read_client();
        } catch (const boost::system::system_error&) {
            if (!limit.has_passed()) throw;
            co_return opening::nothing;
        }
        if (count == 0) {
            if (from_client_.bytes().empty()) co_return opening::nothing;
            // Half a head and then the end: dockerd has an answer to that.
            client_finished_ = true;
            requests_.turn_raw();
        }
    }
}

// Reads the first head and connects to the engine. False: the session is over.
io_task<bool> session::open()
{
    const auto first = co_await read_first_head();
    if (first == opening::nothing) co_return false;

    raw_request_ = first == opening::raw;
    const auto what =
        raw_request_ ? route{} : find_route(requests_.head().method, requests_.head().target);
    const bool to_head = !raw_request_ && requests_.head().method == "HEAD";
    std::string failed;
    opening_ = true;
    try {
        co_await connect(what);
    } catch (const vmctl::engine_unavailable& error) {
        failed = error.what();
    } catch (const out_of_descriptors& error) {
        failed = error.what();
        spdlog::warn("{}", failed);
    } catch (const dial_error& error) {
        failed = error.what() + ("; " + engine_.advice());
        spdlog::warn("{}", error.what());
    }
    opening_ = false;
    if (!failed.empty()) {
        co_await refuse(std::move(failed), to_head);
        co_return false;
    }
    raw_admitted_ = raw_request_;
    if (!raw_request_) take_in(what);
    co_return true;
}

// An engine that has just died may still be leased: then the next lease starts another. Once,
// because one that dies again and again is an error to be told.
io_task<> session::connect(route what)
{
    const bool connected = co_await connect_unless_gone(what);
    if (connected) co_return;
    const bool connected_at_last = co_await connect_unless_gone(what);
    if (!connected_at_last) throw dial_error("the engine ended while it was connected to");
}

// False: the engine that was leased is gone.
io_task<bool> session::connect_unless_gone(route what)
{
    auto lease = co_await acquire(what.activity);
    std::exception_ptr failure;
    try {
        dial_attempt attempt;
        dialling_ = &attempt;
        begin_watching();
        from_client_.rest();
        upstream_ = co_await dialer_.dial(lease.address(), spoken(), attempt);
    } catch (const dial_error&) {
        failure = std::current_exception();
    } catch (...) {
        dialling_ = nullptr;
        throw;
    }
    dialling_ = nullptr;
    end_watching();
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
    if (!failure) {
        if (keeps_alive_) upstream_->keep_alive();
        unanswered_.push_back({std::move(lease), nullptr});
        co_return true;
    }
    acquiring_ = std::make_unique<asio::cancellation_signal>();
    begin_watching();
    from_asio looking(tools_.executor, engine_.has_gone(lease.address()), acquiring_->slot());
    const bool gone = co_await looking;
    end_watching();
    acquiring_.reset();
    if (!gone) std::rethrow_exception(failure);
    co_return false;
}

// At once when the engine is there; else the client is watched, since a start makes no sense any
// more when it has gone.
io_task<vmctl::lease> session::acquire(vmctl::activity kind)
{
    if (spdlog::should_log(spdlog::level::debug)) {
        const auto who = requester_now();
        spdlog::debug("{} (pid {}): {}", who.command, who.pid, who.request);
    }
    auto ready = engine_.acquire_now(kind);
    if (ready) co_return std::move(*ready);
    from_client_.rest();
    acquiring_ = std::make_unique<asio::cancellation_signal>();
    begin_watching();
    std::exception_ptr failure;
    std::optional<vmctl::lease> granted;
    try {
        from_asio asking(
            tools_.executor, engine_.acquire(requester_now(), kind), acquiring_->slot()
        );
        granted = co_await asking;
    } catch (...) {
        failure = std::current_exception();
    }
    end_watching();
    acquiring_.reset();
    if (failure) std::rethrow_exception(failure);
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
    co_return std::move(*granted);
}

// By the first bytes, which are still here while the engine is dialled.
application_protocol session::spoken() const
{
    const bool http_2 = from_client_.bytes().starts_with("PRI * HTTP/2.0\r\n");
    return http_2 ? application_protocol::http_2 : application_protocol::http_1_1;
}

io_task<> session::refuse(std::string reason, bool to_head)
{
    spdlog::debug("refused pid {}: {}", client_.who.pid, reason);
    const auto reply = error_reply(reason, to_head);
    auto rest = asio::buffer(std::string_view(reply));
    if (!client_.stream->write_now(rest)) {
        co_await write_rest(*client_.stream, rest);
    }
    client_.stream->finish_now();
    upload_cut_ = !client_finished_;
}

// Takes what the client still sends, so that closing does not spoil the answer it is about to read.
io_task<> session::drain_client()
{
    std::size_t count = 0;
    do {
        from_client_.drop(from_client_.bytes().size());
        const deadline limit(tools_.overdue, limits_.linger, [this] { client_.stream->abort(); });
        try {
            count = co_await read_client();
        } catch (const boost::system::system_error&) {
            if (!limit.has_passed()) throw;
            co_return;
        }
    } while (count > 0);
}

expected_response session::expect_response(const route& what) const
{
    const auto& head = requests_.head();
    return {head.method == "HEAD", what.may_hijack || head.upgrade};
}

// A request under the last of the leases.
void session::take_in(const route& what)
{
    const bool translated =
        what.names != names_paths::no && unanswered_.back().lease.address().shares;
    const bool gated = what.starts && tools_.starts != nullptr;
    if (translated || gated)
        held_ = what;
    else
        expect_answer(what);
}

void session::expect_answer(const route& what)
{
    const auto expected = expect_response(what);
    responses_.expect(expected);
    if (!unanswered_.empty()) unanswered_.back().restores = restores(what);
    hijack_pending_ = expected.may_hijack;
}

vmctl::requester session::requester_now() const
{
    return {
        client_.who.uid,
        client_.who.pid,
        command_of(client_.who),
        raw_request_ ? "unrecognised bytes" : describe(requests_.head())};
}

}  // namespace proxy
