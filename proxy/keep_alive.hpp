// Noticing a peer that is gone without a word: a crashed machine, a cut network.
#pragma once

namespace proxy {

// TCP asks after 30 s of silence and gives up after six unanswered probes, ten seconds apart: 90 s
// in all. Does nothing to other sockets.
void keep_alive(int descriptor) noexcept;

}  // namespace proxy
