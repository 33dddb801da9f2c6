// A real handshake and real records of an OpenSSL server, and somebody in between who changes,
// drops, repeats, reorders and invents records. Nobody is ever given a byte that was not sent, nor
// a clean end where there was none.
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/tampered_engine.hpp"
#include "tests/fuzz/tls_session.hpp"

#include <openssl/ssl.h>

using namespace fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const auto seed = input.byte();
    const auto what = input.byte();
    const auto context = engine_context(what % 2 == 0 ? TLS1_3_VERSION : TLS1_2_VERSION);
    const std::string says(std::size_t{what} / 2 * 40, 'q');
    rewind_random();
    tampered_engine engine(context.get(), input.rest());
    const auto outcome = run_client(engine, says, seed);

    demand(outcome.handshake != ending::none, "the handshake ends");
    demand(
        outcome.handshake == ending::clean || engine.is_tampered_with(),
        "it succeeds where nobody interferes"
    );
    demand(says.starts_with(engine.heard()), "the engine hears what the client has said");
    if (outcome.handshake != ending::clean) return 0;
    demand(outcome.reading != ending::none, "reading ends");
    demand(outcome.writing != ending::none, "writing ends");
    demand(engine.said().starts_with(outcome.received), "only what was sent is received");
    if (outcome.reading == ending::clean)
        demand(
            engine.finished() && outcome.received == engine.said(),
            "a clean end is the engine's own, and nothing is missing before it"
        );
    if (outcome.reading == ending::broken || outcome.writing == ending::broken)
        demand(engine.was_reset(), "no reset is invented");
    // An untouched connection works.
    if (engine.is_tampered_with()) return 0;
    demand(outcome.writing == ending::clean, "all is written where nobody interferes");
    demand(engine.heard() == says && engine.heard_the_end(), "and heard to its end");
    demand(
        outcome.reading == (engine.finished() ? ending::clean : ending::truncated),
        "and reading ends as the engine did"
    );
    demand(outcome.received == engine.said(), "after all that it has said");
    return 0;
}
