// Request heads: the parser against itself in pieces, and against a reading after Go's source.
#include "proxy/plain_question.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/go_reading.hpp"
#include "tests/fuzz/heads.hpp"

using namespace fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const auto seed = input.byte();
    const exact_copy bytes(input.rest());
    const auto parser = feed_in_every_way<proxy::request_head_parser>(bytes.view(), seed);
    if (parser.state != proxy::head_state::complete) return 0;

    const auto& head = parser.last.head();
    demand(!head.method.empty() && !head.target.empty(), "a request has a method and a target");
    demand(head.target.find(' ') == std::string::npos, "a target has no space");
    demand(head.body.kind != proxy::body_kind::until_close, "a request has an end");
    // Refusing what Go reads is allowed: the engine then sees it raw. Accepting what Go rejects is
    // harmless: it answers 400 and closes. Reading on differently is neither.
    const auto go = go_reads_request(bytes.view());
    demand(go.what != verdict::incomplete, "a head is complete for Go as well");
    const auto question = proxy::plain_question(bytes.view().substr(0, parser.last.size()));
    if (question) {
        demand(go.what != verdict::rejected, "Go takes a plain question");
        demand(*question == head.method + " " + head.target, "it is the method and the target");
        demand(head.body.kind == proxy::body_kind::none && !head.upgrade, "and there is no more");
    }
    if (go.what == verdict::rejected) return 0;
    demand(go.size == parser.last.size(), "a head ends where it does for Go");
    demand(go.method == head.method, "the method is Go's");
    demand(go.target == head.target, "the target is Go's");
    demand(go.body == head.body, "the framing is Go's");
    demand(go.upgrade == head.upgrade, "the upgrade is Go's");
    return 0;
}
