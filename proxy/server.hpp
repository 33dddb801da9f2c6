// Accepts clients and owns their sessions.
#pragma once

#include "proxy/crowd.hpp"
#include "proxy/dialer.hpp"
#include "proxy/listener.hpp"
#include "proxy/loop_tools.hpp"
#include "proxy/session.hpp"
#include "vmctl/engine.hpp"
#include "vmctl/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace proxy {

// Lives on the loop's thread. stop() must have returned before it is destroyed.
class server {
public:
    server(
        boost::asio::any_io_executor executor,
        std::vector<std::unique_ptr<listener>> listeners,
        vmctl::engine& engine,
        dialer& dialer,
        session_limits limits = {}
    );

    // Before start(): `gate`, which must outlive the sessions, is asked when a container starts.
    void gate_starts(start_gate& gate) { tools_.starts = &gate; }

    // Before start(): the engine may sleep. What it says to requests that only look is remembered,
    // and said again while it does (vmctl::engine::sleeps), so that they do not wake it.
    void remember_answers() { tools_.known.emplace(); }

    // What is remembered, after remember_answers().
    known_answers& remembered() { return *tools_.known; }

    // `failed` is told, as a sentence, when a listener cannot be served any more.
    void start(std::function<void(std::string)> failed);

    // The engine is about to be gone for a while: connections that wait for their client's next
    // request let go of theirs to the engine, and that request asks for one anew. The others are
    // left to end what they are at.
    void engine_leaves();

    // Before engine_saved(): answers that can be joined again (`events`, say) let go of their
    // connections to the engine, and wait for it to be back.
    void streams_pause();

    // The engine is gone as it was, and will come back as it was: what was still under way is
    // broken off. What it said stays true, and is remembered. Clients that wait for an engine go on
    // waiting.
    void engine_saved();

    // The engine is gone, and what comes back may be another: the same, but nothing is remembered.
    void engine_lost();

    // Stops accepting, lets requests in flight have `grace`, then ends them.
    boost::asio::awaitable<void> stop(std::chrono::steady_clock::duration grace);

    std::size_t session_count() const { return sessions_.size(); }

    // Since its construction.
    const traffic& counted() const { return tools_.counted; }

    // What the sessions are at now.
    struct occupation {
        std::size_t in_flight = 0;  // sessions with a request unanswered, or a stream
        std::size_t hijacked = 0;   // of those, by what goes on in them
        std::size_t answers = 0;
        std::size_t raw = 0;
    };

    occupation occupied() const;

    // Of the sessions that have a request unanswered, or a hijacked stream.
    std::vector<vmctl::requester> in_flight() const;

private:
    boost::asio::awaitable<void> accept_from(listener& from);
    void serve(client_connection client);
    void session_ended();
    void keep_lasting_alive();
    boost::asio::awaitable<void> sessions_ended();

    loop_tools tools_;
    std::vector<std::unique_ptr<listener>> listeners_;
    vmctl::engine& engine_;
    dialer& dialer_;
    session_limits limits_;
    std::list<session> sessions_;
    crowd crowd_;
    // Never expires: cancelling it wakes whoever waits for the last session's end.
    boost::asio::steady_timer emptied_;
    boost::asio::steady_timer sweep_;  // over the sessions that have lasted
    bool sweep_pending_ = false;
    vmctl::task_group accepting_;
};

}  // namespace proxy
