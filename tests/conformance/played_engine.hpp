// An engine played by the test, in every way that gangwayd reaches one: for answers that no good
// engine gives, and to see each byte and each segment that reaches it.
#pragma once

#include "tests/integration/scene.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/tls_engine.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace conformance {

using test_support::conversation;
using test_support::raw_client;

// A client and its connection as the engine has it.
struct played_pair {
    raw_client client;
    std::unique_ptr<conversation> engine;
};

class played_engine {
public:
    explicit played_engine(
        integration::upstream which, test_support::tls_engine_options options = {}
    );

    // Through gangwayd; directly where that is the way.
    raw_client connect() const;

    // The engine is reached only after the client's first head.
    std::unique_ptr<conversation> accept();

    // A client that has sent `request`, which the engine has received as it is.
    played_pair converse(std::string_view request);

    // The same after an attach that the engine has answered by 101.
    played_pair hijacked();

    // Whether gangwayd has dialled and was not accepted yet.
    bool has_pending() const;

    // Where it listens, over TCP or TLS.
    std::uint16_t port() const { return tls_ ? tls_->port() : plain_->port(); }

    // gangwayd's; our own in a direct run.
    pid_t pid() const;

private:
    test_support::test_directory directory_;
    // One of the two is there.
    std::optional<test_support::raw_listener> plain_;
    std::optional<test_support::tls_engine> tls_;
    std::optional<test_support::gangwayd_process> gangwayd_;
};

}  // namespace conformance
