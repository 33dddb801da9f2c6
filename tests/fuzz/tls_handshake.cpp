// Bytes of an engine that knows no key: the handshake fails in order.
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/tls_session.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

using namespace fuzz;

namespace {

class recorded_engine final : public test_support::memory_peer {
public:
    recorded_engine(std::string_view bytes, std::uint8_t seed, bool resets)
        : bytes_(bytes), sizes_(seed), resets_(resets)
    {
    }

    std::string say() override
    {
        if (bytes_.empty() && resets_)
            throw boost::system::system_error(boost::asio::error::connection_reset);
        const auto count = bytes_.empty() ? 0 : 16 * sizes_.next(bytes_.size());
        const std::string piece(bytes_.substr(0, count));
        bytes_.remove_prefix(piece.size());
        return piece;
    }

    void hear(std::string_view bytes) override { heard += bytes; }

    std::string heard;

private:
    std::string_view bytes_;
    piece_sizes sizes_;
    bool resets_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const auto seed = input.byte();
    const bool resets = input.byte() % 2 == 1;
    client_context();  // makes the certificates, which takes random numbers
    rewind_random();
    recorded_engine engine(input.rest(), seed, resets);
    const auto outcome = run_client(engine, "GET /_ping HTTP/1.1\r\n\r\n", seed);
    demand(engine.heard.starts_with("\x16\x03"), "the client has begun a handshake");
    demand(outcome.handshake != ending::none, "the handshake ends");
    demand(outcome.handshake != ending::broken || resets, "it ends without inventing a reset");
    if (outcome.handshake != ending::clean) return 0;
    // The client's random numbers are fixed: a recording of a whole handshake is taken.
    demand(outcome.reading != ending::none, "reading ends");
    demand(outcome.writing != ending::none, "writing ends");
    demand(outcome.reading != ending::broken || resets, "reading ends without inventing a reset");
    return 0;
}
