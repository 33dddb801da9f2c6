// The connection to the engine of an answer that goes on: lost with the engine, and made anew when
// that is back.
#pragma once

#include "proxy/dialer.hpp"
#include "proxy/engine_query.hpp"
#include "proxy/io_task.hpp"
#include "proxy/loop_tools.hpp"
#include "proxy/rejoin_budget.hpp"
#include "vmctl/engine.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace proxy {

// Lives on the loop's thread.
class followed_upstream {
public:
    // `who` asks, and for what kind of use.
    followed_upstream(
        loop_tools& tools,
        vmctl::engine& engine,
        dialer& dialer,
        vmctl::requester who,
        vmctl::activity kind
    );

    // The first one. Once, before the rest.
    void begin(std::unique_ptr<byte_stream> connection, vmctl::lease lease);

    // Until renew().
    byte_stream& connection() { return *connection_; }

    // Who only watches does not keep the engine awake, once it has begun to answer.
    void release_watcher();

    // More of the answer came.
    void got_on() { budget_.got_on(); }

    // On a connection of its own, while the lease lasts. Nothing: there was no answer.
    io_task<std::optional<engine_answer>> ask(std::string request);

    // Waits for the engine and connects anew. False: it was called off. Throws
    // vmctl::engine_unavailable when it will not be back, and dial_error when it does not answer.
    io_task<bool> renew();

    // ask() and renew() end soon, now and later.
    void call_off() noexcept;

    // The connection is dead, or about to be: who waits for it is told.
    void lose() noexcept;

    // From now on an engine that is gone without a word is noticed.
    void keep_alive() noexcept;

private:
    template <class T>
    io_task<std::optional<T>> wait_for(boost::asio::awaitable<T> work, std::exception_ptr& failure);
    io_task<bool> dial();

    loop_tools& tools_;
    vmctl::engine& engine_;
    dialer& dialer_;
    const vmctl::requester who_;
    const vmctl::activity kind_;

    std::unique_ptr<byte_stream> connection_;
    vmctl::lease lease_;
    rejoin_budget budget_;
    bool keeps_alive_ = false;
    bool called_off_ = false;
    dial_attempt* dialling_ = nullptr;                           // while it is dialled
    std::unique_ptr<boost::asio::cancellation_signal> waiting_;  // while the engine is waited for
};

}  // namespace proxy
