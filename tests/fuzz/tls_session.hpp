// What the TLS targets share: fixed certificates, a fixed clock and fixed random numbers, so that
// one input always gives one handshake; and a client that reads and writes to its end.
#pragma once

#include "proxy/tls_stream.hpp"
#include "tests/support/memory_stream.hpp"

#include <string>

namespace fuzz {

// Begins the random numbers anew, for this thread's OpenSSL.
void rewind_random();

// Loaded once, by the product's own function.
proxy::tls_context client_context();

// The engine's side, which asks for the client's certificate. `version`: the newest it speaks.
proxy::tls_context engine_context(int version);

enum class ending {
    none,       // the operation has not come to an end: a hang
    clean,      // the peer said that it has finished
    truncated,  // tls_truncated
    refused,    // any other tls_error
    broken,     // the transport's own error
};

struct client_outcome {
    ending handshake = ending::none;
    ending reading = ending::none;
    ending writing = ending::none;
    std::string received;
    std::string written;  // all that write() has returned for
};

// Handshakes over `peer`, then writes `says` in pieces that `seed` gives and ends its direction,
// while it reads to the end. Any exception but those that `ending` names is let through.
client_outcome run_client(
    test_support::memory_peer& peer, const std::string& says, std::uint8_t seed
);

}  // namespace fuzz
