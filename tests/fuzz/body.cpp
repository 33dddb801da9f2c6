// Bodies: where they end, in any pieces, and against a reading of chunks after Go's source.
#include "proxy/body_reader.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/go_reading.hpp"

using namespace fuzz;
using proxy::body_framing;
using proxy::body_kind;
using proxy::body_reader;

namespace {

struct outcome {
    std::size_t taken = 0;
    bool finished = false;
    bool malformed = false;
    bool operator==(const outcome&) const = default;
};

outcome read(body_framing framing, std::string_view bytes, piece_sizes sizes)
{
    body_reader reader(framing);
    outcome result;
    while (result.taken < bytes.size() && !reader.finished() && !reader.malformed()) {
        const auto left = bytes.substr(result.taken);
        const exact_copy piece(left.substr(0, sizes.next(left.size())));
        const auto count = reader.take(piece.view());
        demand(count <= piece.view().size(), "no more is taken than there is");
        demand(count > 0, "a body that goes on takes something");
        demand(
            count == piece.view().size() || reader.finished() || reader.malformed(),
            "less than all is taken only at the end"
        );
        result.taken += count;
    }
    demand(
        !(reader.finished() || reader.malformed()) || reader.take("0\r\n\r\n") == 0,
        "nothing is taken behind the end"
    );
    result.finished = reader.finished();
    result.malformed = reader.malformed();
    return result;
}

void check_chunked(std::string_view bytes, const outcome& ours)
{
    const auto go = go_reads_chunked(bytes);
    if (ours.finished) {
        demand(go.what != verdict::incomplete, "a body that is finished is finished for Go");
        if (go.what == verdict::accepted)
            demand(go.size == ours.taken, "a chunked body ends where it does for Go");
    } else if (go.what == verdict::accepted) {
        demand(ours.malformed, "a body that ends for Go ends, or is malformed");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const auto seed = input.byte();
    const auto what = input.byte();
    body_framing framing;
    switch (what % 4) {
        case 0:
            break;
        case 1:
            framing = {body_kind::length, std::uint64_t{1} + what / 4};
            break;
        case 2:
            framing = {body_kind::until_close, 0};
            break;
        default:
            framing = {body_kind::chunked, 0};
    }
    const exact_copy bytes(input.rest());
    body_reader reader(framing);
    const auto taken = reader.take(bytes.view());
    const outcome at_once{taken, reader.finished(), reader.malformed()};
    demand(!(at_once.finished && at_once.malformed), "no body is both finished and malformed");
    demand(read(framing, bytes.view(), piece_sizes(seed)) == at_once, "pieces do not matter");
    demand(read(framing, bytes.view(), piece_sizes(0)) == at_once, "single bytes do not matter");
    if (framing.kind == body_kind::none) demand(taken == 0 && at_once.finished, "none is none");
    if (framing.kind == body_kind::length)
        demand(taken == std::min<std::uint64_t>(framing.length, bytes.view().size()), "a length");
    if (framing.kind == body_kind::until_close)
        demand(taken == bytes.view().size() && !at_once.finished, "until the connection ends");
    if (framing.kind == body_kind::chunked) check_chunked(bytes.view(), at_once);
    return 0;
}
