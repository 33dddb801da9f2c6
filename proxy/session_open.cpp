// A session's connection to the engine: it comes with a request that finds none, and goes when the
// engine does while nobody asks for anything. The client sees nothing of either.
#include "proxy/asio_bridge.hpp"
#include "proxy/session.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

// Nothing is between the client's next request, or the one that is being admitted, and the engine's
// answer to it; nor between the engine's last answer and the client.
bool session::idle() const
{
    const bool engine_is_silent = unanswered_.empty() && from_engine_.bytes().empty() &&
                                  !responses_.within_body() && !engine_finished_;
    const bool nothing_is_sent = between_requests_ && admitted_ == 0 && !sending_ &&
                                 !raw_admitted_ && !hijack_pending_ && !client_finished_;
    return connected() && engine_is_silent && nothing_is_sent && !engine_will_close_ && !aborted_;
}

void session::let_go() noexcept
{
    if (!idle()) return;
    letting_go_ = true;
    upstream_->abort();
}

// For a request that nothing is before. False: there is no engine, and the client was told why.
io_task<bool> session::open(route what)
{
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
    if (failed.empty()) co_return true;
    let_go();
    const bool to_head = !raw_request_ && requests_.head().method == "HEAD";
    co_await refuse(std::move(failed), to_head);
    co_return false;
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
    // One that was kept from the request before is as good as new: the engine has only slept.
    if (connected()) {
        take_lease(std::move(lease), what);
        co_return true;
    }
    if (letting_go_) co_await let_go_;
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
    std::exception_ptr failure;
    try {
        dial_attempt attempt;
        dialling_ = &attempt;
        begin_watching();
        from_client_.rest();
        upstream_ = co_await dialer_.dial(lease.address(), spoken(), attempt);
    } catch (const out_of_descriptors&) {
        // It is not the engine that has to come back.
        dialling_ = nullptr;
        end_watching();
        throw;
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
        engine_answered_ = false;
        if (keeps_alive_) upstream_->keep_alive();
        take_lease(std::move(lease), what);
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

void session::take_lease(vmctl::lease lease, const route& what)
{
    auto& taken = unanswered_.emplace_back();
    taken.lease = std::move(lease);
    taken.name = name_;
    taken.lasts = what.activity == vmctl::activity::watching || what.stream != stream_kind::none;
    const bool changes = what.activity == vmctl::activity::active;
    if (changes && tools_.known) taken.change = tools_.known->begin_change();
}

// By the first bytes, which are still here while the engine is dialled.
application_protocol session::spoken() const
{
    const bool http_2 = from_client_.bytes().starts_with("PRI * HTTP/2.0\r\n");
    return http_2 ? application_protocol::http_2 : application_protocol::http_1_1;
}

}  // namespace proxy
