// The life of a session: two directions (session_upload.cpp, session_download.cpp) that end
// separately.
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

// The other direction begins with the first request (admit()).
io_task<> session::live()
{
    first_head_.emplace(tools_.overdue, limits_.first_head, [this] { client_.stream->abort(); });
    try {
        co_await upload();
    } catch (const boost::system::system_error&) {
        if (!first_head_ || !first_head_->has_passed()) throw;
    }
}

void session::begin_download()
{
    download_begun_ = true;
    ++parts_;
    proxy::start(download(), [this](std::exception_ptr failure) {
        download_ended(std::move(failure));
    });
}

void session::download_ended(std::exception_ptr failure)
{
    if (!letting_go_) {
        part_ended(std::move(failure));
        return;
    }
    // Posted: the connection that goes calls us.
    asio::post(tools_.executor, [this] {
        upstream_.reset();
        download_begun_ = false;
        letting_go_ = false;
        let_go_.wake(tools_.executor);
        part_ended(nullptr);
    });
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
    first_head_.reset();
    // Posted: a part of this session calls us. Nothing of it is left when `ended` returns.
    asio::post(tools_.executor, [ended = std::move(ended_), failure = failure_] {
        ended(failure);
    });
}

void session::keep_alive() noexcept
{
    keeps_alive_ = true;
    if (upstream_) upstream_->keep_alive();
    if (following_) following_->keep_alive();
}

void session::abort() noexcept
{
    aborted_ = true;
    if (acquiring_) acquiring_->emit(asio::cancellation_type::terminal);
    if (dialling_ != nullptr) dialling_->call_off();
    client_.stream->abort();
    if (upstream_) upstream_->abort();
    if (following_) following_->abort();
    hijack_decided_.wake(tools_.executor);
    answered_.wake(tools_.executor);
    followed_.wake(tools_.executor);
}

io_task<> session::refuse(std::string reason, bool to_head)
{
    spdlog::debug("refused pid {}: {}", client_.who.pid, reason);
    const auto reply = error_reply(reason, to_head);
    auto rest = asio::buffer(std::string_view(reply));
    if (!client_.stream->write_now(rest)) {
        co_await write_rest(*client_.stream, rest);
    }
    tools_.counted.to_client += reply.size();
    tools_.counted.answers.add(name_, unavailable);
    client_.stream->finish_now();
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

open_stream session::stream() const
{
    if (unanswered_.empty()) return open_stream::none;
    if (raw_admitted_) return raw_request_ ? open_stream::raw : open_stream::hijacked;
    return unanswered_.back().lasts ? open_stream::answer : open_stream::none;
}

vmctl::requester session::requester_now() const
{
    return {
        client_.who.uid,
        client_.who.pid,
        command_of(client_.who),
        raw_request_ ? "unrecognised bytes" : describe(requests_.head()),
        vmctl::wake_reason::request,
        user_of(client_.who)};
}

}  // namespace proxy
