// Whether the guest's ssh server is there yet.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace gangway {

// The engine comes first in the guest; its ssh server may follow seconds later, while connections
// to it are accepted and broken off by the port forward.
inline constexpr std::chrono::seconds ssh_patience{60};

// Returns when a server on `port` of 127.0.0.1 has greeted as ssh does (RFC 4253 section 4.2). Also
// after `patience`, and when nobody accepts connections there: then ssh itself says what is wrong.
void await_ssh_greeting(std::uint16_t port, std::chrono::milliseconds patience = ssh_patience);

}  // namespace gangway
