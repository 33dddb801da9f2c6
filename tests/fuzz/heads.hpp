// The invariants of head parsers, the same for requests and responses.
#pragma once

#include "proxy/http_head.hpp"
#include "tests/fuzz/fuzz_input.hpp"

#include <string>

namespace fuzz {

template <class Parser>
struct fed {
    proxy::head_state state;
    Parser last;
};

// Feeds `bytes`, grown by the sizes that `seed` gives, until there is a verdict.
template <class Parser>
fed<Parser> feed_grown(std::string_view bytes, std::uint8_t seed)
{
    Parser parser;
    piece_sizes sizes(seed);
    auto state = proxy::head_state::incomplete;
    for (std::size_t end = 0; end < bytes.size() && state == proxy::head_state::incomplete;) {
        end += sizes.next(bytes.size() - end);
        // Another place in memory each time, as a buffer that moves.
        const exact_copy grown(bytes.substr(0, end));
        state = parser.feed(grown.view());
    }
    return {state, parser};
}

inline bool same(const proxy::request_head& left, const proxy::request_head& right)
{
    return left.method == right.method && left.target == right.target && left.body == right.body &&
           left.upgrade == right.upgrade;
}

inline bool same(const proxy::response_head& left, const proxy::response_head& right)
{
    return left.status == right.status && left.body == right.body;
}

// At once, in pieces, and with more behind the end: one verdict, one size, one head.
template <class Parser>
fed<Parser> feed_in_every_way(std::string_view bytes, std::uint8_t seed)
{
    using proxy::head_state;
    Parser parser;
    const auto state = parser.feed(bytes);
    demand(parser.feed(bytes) == state, "feeding the same again changes nothing");
    const auto grown = feed_grown<Parser>(bytes, seed);
    demand(grown.state == state, "the verdict does not depend on the pieces");
    const auto& body = parser.head().body;
    demand(
        body.kind == proxy::body_kind::length ? body.length > 0 : body.length == 0,
        "a length is there exactly where it frames the body"
    );
    if (state == head_state::incomplete) return {state, parser};

    const auto longer = std::string(bytes) + "\r\n\r\nX: y\r\n\r\n";
    Parser with_more = parser;
    demand(with_more.feed(longer) == state, "a verdict is final");
    Parser anew;
    demand(anew.feed(longer) == state, "what follows does not change a verdict");
    if (state == head_state::refused) return {state, parser};

    const auto size = parser.size();
    demand(size > 0 && size <= bytes.size(), "a head lies within the bytes");
    const auto head = bytes.substr(0, size);
    demand(head.ends_with("\n\n") || head.ends_with("\n\r\n"), "a head ends with an empty line");
    demand(grown.last.size() == size && anew.size() == size, "its size is always the same");
    demand(same(grown.last.head(), parser.head()), "it says the same in pieces");
    demand(same(anew.head(), parser.head()), "it says the same with more behind it");
    Parser alone;
    demand(alone.feed(head) == state, "a head is complete by itself");
    demand(same(alone.head(), parser.head()), "it says the same by itself");
    Parser cut;
    demand(cut.feed(head.substr(0, size - 1)) == head_state::incomplete, "and not before its end");
    return {state, parser};
}

}  // namespace fuzz
