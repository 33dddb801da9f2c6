// Whether a TCP port of this host can be listened on.
#pragma once

#include <cstdint>

namespace vmctl {

// True: something else listens on 127.0.0.1:`port`, or would be in the way of that. Blocking,
// short.
bool port_is_taken(std::uint16_t port);

}  // namespace vmctl
