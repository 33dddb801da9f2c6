// The book of what containers publish on this host. Whatever happens to a container, the engine is
// asked what it publishes now, and this host's ports are made to match: an event that comes late,
// twice or never does no harm.
#pragma once

#include "proxy/container_ports.hpp"
#include "proxy/dialer.hpp"
#include "proxy/engine_containers.hpp"
#include "proxy/engine_watch.hpp"
#include "proxy/host_network.hpp"
#include "proxy/loop_tools.hpp"
#include "proxy/open_port.hpp"
#include "proxy/port_changes.hpp"
#include "proxy/start_gate.hpp"
#include "proxy/tunnel.hpp"
#include "proxy/turns.hpp"
#include "vmctl/engine.hpp"
#include "vmctl/port_forwarding.hpp"
#include "vmctl/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

// Lives on the loop's thread. stop() must have returned before it is destroyed.
class published_ports final : public start_gate, public engine_observer {
public:
    published_ports(
        boost::asio::any_io_executor executor,
        vmctl::engine& engine,
        dialer& dialer,
        vmctl::port_forwarding& way
    );
    published_ports(const published_ports&) = delete;
    published_ports& operator=(const published_ports&) = delete;
    ~published_ports() override;

    // This is the engine from now on; what its watch tells is of it.
    void engine_ready(vmctl::engine_address address);

    // Closes every port, and breaks what goes through.
    void engine_lost();

    // The engine goes to sleep, with the containers that run. Its ports stay ours, and who comes
    // wakes it and waits; if it cannot be woken, who waits is disconnected.
    void engine_rests();

    // It is awake again, or has not slept, and leads where it has led.
    void engine_back();

    // It sleeps so deep that nothing leads there any more, until engine_ready().
    void engine_saved();

    // Whose the ports are.
    port_owners owners() const;

    // Connections to ports of TCP that are open now.
    std::size_t connections() const { return tunnels_.size(); }

    // Of those connections: the bytes, where the engine is the container.
    const traffic& counted() const { return tools_.counted; }

    // Binds what owners() gave of an engine that sleeps: as if it had gone to sleep here.
    void engine_found_asleep(const port_owners& ports);

    // Like engine_lost(), for good.
    boost::asio::awaitable<void> stop();

    boost::asio::awaitable<std::unique_ptr<container_start>> admit(std::string container) override;

    void watched(std::shared_ptr<const engine_containers> containers) override;
    void changed(const engine_event& event) override;

    void unwatched() override {}

private:
    struct entry {
        std::string owner;  // a container's id, or one of the names in the .cpp
        std::unique_ptr<open_port> port;
        bool serving = false;
        std::uint16_t target = 0;  // of 127.0.0.1, while serving
    };

    class start_in_progress;

    static void log_failure(const std::exception_ptr& failure);

    boost::asio::awaitable<std::optional<container_ports>> look_at(std::string owner);
    boost::asio::awaitable<std::optional<container_ports>> know(std::string owner);
    boost::asio::awaitable<void> match_all(std::shared_ptr<const engine_containers> containers);
    boost::asio::awaitable<void> match(std::string owner);
    boost::asio::awaitable<void> match_once(std::string owner);
    boost::asio::awaitable<void> match_to(container_ports container);
    void host_network_changed(const std::vector<std::uint16_t>& ports);
    boost::asio::awaitable<bool> settle(std::string id);
    boost::asio::awaitable<bool> settle_once(std::string id);
    boost::asio::awaitable<void> give_up(container_ports container);
    boost::asio::awaitable<std::string> serve_all_of(std::string id);
    boost::asio::awaitable<void> end_forward(vmctl::guest_port port);
    void serve(entry& one);
    void wake_for(published_port where);
    boost::asio::awaitable<void> wake(published_port where);
    void match_later(std::string owner);
    bool owns_any(std::string_view owner) const;
    void start_unsettled(const std::string& id);

    // These two and serve_all_of() give the first failure as text; empty: none.
    std::string bind_all(const std::vector<published_port>& ports, const std::string& owner);
    std::string change_ports(const container_ports& container);

    void carry(std::unique_ptr<byte_stream> client, std::uint16_t target);

    const boost::asio::any_io_executor executor_;
    loop_tools tools_;
    vmctl::engine& engine_;
    dialer& dialer_;
    vmctl::port_forwarding& way_;

    std::shared_ptr<const engine_containers> containers_;  // while there is an engine
    std::map<published_port, entry> entries_;
    bool rests_ = false;
    std::multiset<std::string>
        starting_;  // ids; what they have bound stays although they do not run
    std::list<tunnel> tunnels_;
    bool stopping_ = false;
    bool waking_ = false;  // the engine, for who has come
    host_network host_network_;
    turns looks_;
    // Neither expires: cancelling it wakes who waits for the engine to be back.
    boost::asio::steady_timer back_;
    // Who waits for the last tunnel's end.
    boost::asio::steady_timer emptied_;

    vmctl::task_group tasks_;
};

}  // namespace proxy
