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

    // `failed` is told, as a sentence, when a listener cannot be served any more.
    void start(std::function<void(std::string)> failed);

    // The engine is about to go: connections that wait for their client's next request are closed,
    // as an engine that shuts down does, so that the request comes on a new one.
    void engine_leaves();

    // The engine is gone: every session that was connected to it is broken off. Clients that still
    // wait for an engine go on waiting.
    void engine_lost();

    // Stops accepting, lets requests in flight have `grace`, then ends them.
    boost::asio::awaitable<void> stop(std::chrono::steady_clock::duration grace);

    std::size_t session_count() const { return sessions_.size(); }

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
