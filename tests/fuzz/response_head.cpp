// Response heads: the parser against itself in pieces.
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/heads.hpp"

using namespace fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const auto seed = input.byte();
    const exact_copy bytes(input.rest());
    const auto parser = feed_in_every_way<proxy::response_head_parser>(bytes.view(), seed);
    if (parser.state != proxy::head_state::complete) return 0;
    const auto status = parser.last.head().status;
    demand(status >= 100 && status <= 999, "a status has three digits");
    demand(
        bytes.view().substr(9, 3) == std::to_string(status), "the status is the one on the line"
    );
    return 0;
}
