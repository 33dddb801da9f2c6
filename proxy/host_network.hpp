// Containers on the engine's own network (--network host): which TCP ports they listen on, as long
// as one of them runs.
#pragma once

#include "proxy/dialer.hpp"
#include "vmctl/port_forwarding.hpp"
#include "vmctl/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

// The ports that a line of the guest names: "80 8080". Nothing: it is no such line. Pure.
std::optional<std::vector<std::uint16_t>> ports_in(std::string_view line);

// Lives on the loop's thread. stop() must have returned before it is destroyed.
class host_network {
public:
    // `changed` is called with all ports, each time that they may have changed; `dialer` and `way`
    // must outlive this.
    host_network(
        boost::asio::any_io_executor executor,
        dialer& dialer,
        vmctl::port_forwarding& way,
        std::function<void(std::vector<std::uint16_t>)> changed
    );

    // The container with this id runs there. The guest is asked from the first one on.
    void add(const std::string& id);

    // It does not, or no more. After the last one there are no ports.
    void remove(const std::string& id);

    // Those that run there.
    const std::set<std::string>& containers() const { return containers_; }

    // The guest is gone, and with it all of them; nothing more is told.
    void forget();

    // Like forget(), for good.
    boost::asio::awaitable<void> stop();

private:
    boost::asio::awaitable<void> follow();
    boost::asio::awaitable<void> listen(bool& heard);

    boost::asio::any_io_executor executor_;
    dialer& dialer_;
    vmctl::port_forwarding& way_;
    std::function<void(std::vector<std::uint16_t>)> changed_;
    std::set<std::string> containers_;
    vmctl::task_group tasks_;
};

}  // namespace proxy
