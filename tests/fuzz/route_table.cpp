// Routes: "METHOD TARGET" in, and the same answer in every spelling that means the same.
#include "proxy/route_table.hpp"

#include "tests/fuzz/fuzz_input.hpp"

#include <string>

using namespace fuzz;

namespace {

proxy::route look_up(std::string_view method, std::string_view target)
{
    const exact_copy exact_method(method);
    const exact_copy exact_target(target);
    return proxy::find_route(exact_method.view(), exact_target.view());
}

// What does not depend on the query.
proxy::route in_every_query(proxy::route found)
{
    if (found.activity == vmctl::activity::watching) found.activity = vmctl::activity::passive;
    if (found.stream == proxy::stream_kind::logs || found.stream == proxy::stream_kind::stats)
        found.stream = proxy::stream_kind::none;
    found.lasting = false;
    return found;
}

// Whether a version may be put before it: only the first of two is one.
bool has_version(std::string_view target)
{
    return target.starts_with("/v");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto line = fuzz_input(data, size).rest();
    const auto space = line.find(' ');
    const auto method = line.substr(0, space);
    const auto target =
        space == std::string_view::npos ? std::string() : std::string(line.substr(space + 1));
    const auto found = look_up(method, target);

    demand(found == look_up(method, target), "the answer is always the same");
    demand(look_up("HEAD", target) == look_up("GET", target), "HEAD is GET");
    const bool reads = method == "GET" || method == "HEAD";
    if (found.activity != vmctl::activity::active)
        demand(reads && !found.may_hijack && !found.holds(), "only what reads is passive");
    if (found.lasting)
        demand(found.activity == vmctl::activity::passive, "what uses or watches does not last");
    if (found.may_hijack)
        demand(
            method == "POST" || (reads && target.find("/ws") != std::string::npos), "POST hijacks"
        );
    if (!reads && method != "POST") demand(found == proxy::route(), "others are not in the table");
    if (!target.starts_with('/')) return 0;

    const auto path = target.substr(0, target.find('?'));
    const auto without = look_up(method, path);
    const auto whatever = path + "?a=/b/../json&c=?://";
    demand(in_every_query(without) == in_every_query(found), "the query does not matter");
    demand(look_up(method, whatever) == without, "whatever it is, but for what is looked for");
    demand(without.lasting || !found.lasting, "no query makes an answer last");
    for (const auto* counts : {"?size=1", "?a=b&siz%65=%79", "?shared-size=2&c"})
        demand(!look_up(method, path + counts).lasting, "sizes change without an event");
    demand(
        look_up(method, "http://docker:2375" + target) == found, "the absolute form is the same"
    );
    if (has_version(target)) return 0;
    for (const auto* version : {"/v1.41", "/v1.99", "/v2", "/v1.24.0"})
        demand(look_up(method, version + target) == found, "the version does not matter");
    return 0;
}
