// How ports of the guest are reached from this host.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <compare>
#include <cstdint>
#include <string>

namespace vmctl {

enum class transport { tcp, udp };

// A port at one of the guest's addresses.
struct guest_port {
    transport protocol = transport::tcp;
    std::string address;  // IPv4; its loopback is possible
    std::uint16_t port = 0;
    auto operator<=>(const guest_port&) const = default;
};

// The guest's address on its network.
inline constexpr const char* guest_address = "10.0.2.15";

class port_forwarding {
public:
    virtual ~port_forwarding() = default;

    // The port of 127.0.0.1 that leads to `port`, made if there is none; it stays until
    // end_forward(), or the VM's end. Throws engine_unavailable or hypervisor_error.
    virtual boost::asio::awaitable<std::uint16_t> forward(guest_port port) = 0;

    // No error when there is none. Throws like forward().
    virtual boost::asio::awaitable<void> end_forward(guest_port port) = 0;
};

}  // namespace vmctl
