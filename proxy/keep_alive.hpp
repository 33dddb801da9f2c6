// Noticing a peer that is gone without a word: a crashed machine, a cut network.
#pragma once

#include "proxy/socket_stream.hpp"

namespace proxy {

// TCP asks after 30 s of silence and gives up after six unanswered probes, ten seconds apart
// (Windows: ten of them, six seconds apart): 90 s in all. Does nothing to other sockets.
void keep_alive(native_socket socket) noexcept;

}  // namespace proxy
