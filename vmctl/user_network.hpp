// The forwarded ports of a running VM, read from QEMU's monitor. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace vmctl {

struct port_forward {
    std::uint16_t host = 0;
    std::uint16_t guest = 0;
    bool operator==(const port_forward&) const = default;
};

// The TCP forwards in what the monitor command `info usernet` prints (libslirp, src/misc.c,
// slirp_connection_info): "  TCP[HOST_FORWARD]  12  127.0.0.1 40123  10.0.2.15  2376  0  0".
std::vector<port_forward> parse_user_network(std::string_view text);

}  // namespace vmctl
