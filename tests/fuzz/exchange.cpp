// Whole connections: the client's bytes and the engine's, cut into pieces as a session cuts them.
#include "proxy/exchange.hpp"

#include "proxy/route_table.hpp"
#include "tests/fuzz/fuzz_input.hpp"

#include <string>

using namespace fuzz;
using proxy::piece_kind;

namespace {

// Stands between the two directions in an input.
constexpr std::string_view divider = "\n== engine ==\n";

// What one direction came to. Two cuttings of the same bytes give the same.
struct reading {
    struct part {
        piece_kind kind;
        std::size_t size;
        bool ends_message;
        std::string said;  // what the reader tells of a head
        bool operator==(const part&) const = default;
    };

    std::vector<part> parts;
    std::string forwarded;
    std::string held;  // half a head
};

// Pieces of a body are one body. A body that breaks off in raw bytes counts as raw from its start:
// how much of it was let through before the break shows depends on the pieces.
void add(std::vector<reading::part>& parts, reading::part next)
{
    using enum piece_kind;
    if (!parts.empty()) {
        auto& last = parts.back();
        const bool goes_on = last.kind == body && !last.ends_message;
        if ((last.kind == raw && next.kind == raw) ||
            (goes_on && (next.kind == body || next.kind == raw))) {
            last.kind = next.kind;
            last.size += next.size;
            last.ends_message = next.ends_message;
            return;
        }
    }
    parts.push_back(std::move(next));
}

// `at_head` is called for each head and returns what there is to say of it.
template <class Reader, class AtHead>
reading read(
    Reader& reader, std::string_view bytes, piece_sizes sizes, bool at_once, AtHead at_head
)
{
    reading result;
    while (!bytes.empty()) {
        const auto count = at_once ? bytes.size() : sizes.next(bytes.size());
        result.held += bytes.substr(0, count);
        bytes.remove_prefix(count);
        for (;;) {
            const exact_copy unread(result.held);
            const auto next = reader.next(unread.view());
            demand(next.size <= unread.view().size(), "a piece lies within what is unread");
            if (next.kind == piece_kind::more) {
                demand(
                    next.size == 0 && !next.ends_message, "nothing is said before more bytes come"
                );
                break;
            }
            demand(next.size > 0, "a piece is not empty");
            auto said = next.kind == piece_kind::head ? at_head() : std::string();
            add(result.parts, {next.kind, next.size, next.ends_message, std::move(said)});
            result.forwarded += result.held.substr(0, next.size);
            result.held.erase(0, next.size);
        }
    }
    return result;
}

struct connection {
    reading up;
    reading down;
};

connection relay(std::string_view client, std::string_view engine, std::uint8_t seed, bool at_once)
{
    proxy::request_reader requests;
    proxy::response_reader responses;
    connection result;
    const auto at_request = [&] {
        const auto& head = requests.head();
        const auto what = proxy::find_route(head.method, head.target);
        responses.expect({head.method == "HEAD", what.may_hijack || head.upgrade});
        return head.method + ' ' + head.target + (head.upgrade ? " upgrade" : "");
    };
    result.up = read(requests, client, piece_sizes(seed), at_once, at_request);
    const auto at_response = [&] {
        const auto role = responses.role();
        demand(
            (role == proxy::response_role::interim) ==
                (responses.status() < 200 && responses.status() != 101),
            "1xx but 101 is interim"
        );
        return std::to_string(responses.status()) + ' ' + std::to_string(static_cast<int>(role)) +
               (responses.answers_hijack() ? " answers hijack" : "");
    };
    result.down = read(responses, engine, piece_sizes(seed), at_once, at_response);
    return result;
}

void check(const reading& one, const reading& other, std::string_view came)
{
    demand(one.forwarded + one.held == came, "what is forwarded is what came");
    demand(other.forwarded + other.held == came, "what is forwarded in pieces is what came");
    demand(one.held == other.held, "what is held does not depend on the pieces");
    demand(one.parts == other.parts, "the pieces mean the same however the bytes came");
    bool raw = false;
    for (const auto& part : one.parts) {
        demand(!raw, "what is raw is raw for good");
        raw = part.kind == piece_kind::raw;
    }
    demand(!raw || one.held.empty(), "nothing raw is held");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz_input input(data, size);
    const auto seed = input.byte();
    const auto all = input.rest();
    const auto end = all.find(divider);
    const auto client = all.substr(0, end);
    const auto engine =
        end == std::string_view::npos ? std::string_view() : all.substr(end + divider.size());
    const auto at_once = relay(client, engine, seed, true);
    const auto in_pieces = relay(client, engine, seed, false);
    check(at_once.up, in_pieces.up, client);
    check(at_once.down, in_pieces.down, engine);
    return 0;
}
