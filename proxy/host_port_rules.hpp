// What each system has rules of its own about, of the ports of this host. One source file a system.
#pragma once

#include <cstdint>
#include <string>

namespace proxy {

// Why a port may be not permitted, and what to do; goes on after "permission denied; ".
std::string permission_rule(std::uint16_t port);

}  // namespace proxy
