// The forwarded ports of a running VM, read from QEMU's monitor. Pure.
#pragma once

#include "vmctl/port_forwarding.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

// QEMU's name of the guest's network (-netdev user,id=…).
inline constexpr const char* user_network_id = "gw0";

// Where the guest finds this machine, its loopback included (QEMU's default of -netdev user,host=).
inline constexpr const char* host_in_user_network = "10.0.2.2";

struct port_forward {
    std::uint16_t host = 0;  // of 127.0.0.1
    guest_port guest;
    bool operator==(const port_forward&) const = default;
};

// The forwards in what the monitor command `info usernet` prints (libslirp, src/misc.c,
// slirp_connection_info): "  TCP[HOST_FORWARD]  12  127.0.0.1 40123  10.0.2.15  2376  0  0".
std::vector<port_forward> parse_user_network(std::string_view text);

// The monitor's commands (QEMU, hmp-commands.hx): hostfwd_add from a free port of 127.0.0.1, and
// hostfwd_remove.
std::string add_forward(const guest_port& to);
std::string remove_forward(transport protocol, std::uint16_t host);

}  // namespace vmctl
