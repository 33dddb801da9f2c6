// A port of this host that is ours from its construction on; who comes has to wait until serve(),
// and again from rest() on.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/container_ports.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace proxy {

// Lives on the loop's thread. Destroying it closes the port; streams that were handed out live on.
class open_port {
public:
    using taker = std::function<void(std::unique_ptr<byte_stream>)>;

    open_port() = default;
    open_port(const open_port&) = delete;
    open_port& operator=(const open_port&) = delete;
    open_port(open_port&&) = delete;
    open_port& operator=(open_port&&) = delete;
    virtual ~open_port() = default;

    // What comes leads to port `target` of 127.0.0.1 from now on. Of TCP, `take` gets each client.
    virtual void serve(std::uint16_t target, taker take) = 0;

    // Who comes from now on waits until serve() is called again; `knock` is called once, when the
    // first is there.
    virtual void rest(std::function<void()> knock) = 0;

    // Who waits is not served.
    virtual void turn_away() = 0;
};

// Throws boost::system::system_error when it cannot be had.
std::unique_ptr<open_port> open_tcp_port(
    boost::asio::any_io_executor executor, const published_port& where
);
std::unique_ptr<open_port> open_udp_port(
    boost::asio::any_io_executor executor, const published_port& where
);

}  // namespace proxy
