// The life of a session: open, then two directions (session_upload.cpp, session_download.cpp) that
// end separately.
#include "proxy/session.hpp"

#include "proxy/error_reply.hpp"
#include "proxy/route_table.hpp"
#include "proxy/unless_hangup.hpp"
#include "vmctl/deadline.hpp"

#include <boost/asio/buffer.hpp>
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
        if (!vmctl::timed_out(error)) throw;
    }
    if (first == opening::nothing) co_return false;

    const bool raw = first == opening::raw;
    const auto what = raw ? route{} : find_route(requests_.head().method, requests_.head().target);
    const bool to_head = !raw && requests_.head().method == "HEAD";
    auto who = raw ? requester_of_bytes() : requester_of_request();
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
    auto dialled = dialer_.dial(lease.address(), spoken());
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

// By the first bytes, which are still here while the engine is dialled.
application_protocol session::spoken() const
{
    const bool http_2 = from_client_.bytes().starts_with("PRI * HTTP/2.0\r\n");
    return http_2 ? application_protocol::http_2 : application_protocol::http_1_1;
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

vmctl::requester session::requester_of_request() const
{
    return requester_of(describe(requests_.head()));
}

vmctl::requester session::requester_of_bytes() const
{
    return requester_of("unrecognised bytes");
}

vmctl::requester session::requester_of(std::string request) const
{
    spdlog::debug("{} (pid {}): {}", client_.who.command, client_.who.pid, request);
    return {client_.who.uid, client_.who.pid, client_.who.command, std::move(request)};
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
        if (!vmctl::timed_out(error)) throw;
    }
}

}  // namespace proxy
