// Where in a JSON text its values stand, so that one of them can be replaced and every other byte
// stays as the client wrote it. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

struct json_member;

struct json_node {
    enum class kind { object, array, string, is_true, other };

    kind type = kind::other;
    std::size_t begin = 0;             // in the text; of a string, its first quote
    std::size_t end = 0;               // behind the last byte
    std::string text;                  // a string's, without escapes
    std::vector<json_member> members;  // an object's, doubled keys included
    std::vector<json_node> elements;   // an array's
};

struct json_member {
    std::string key;
    json_node value;
};

// The first value in `text`; what stands behind it is the reader's business, as for Go's
// json.Decoder. Nothing: Go would not read it either, or it is nested more than 200 deep.
std::optional<json_node> parse_json(std::string_view text);

// The values of the members that Go would decode into a field of that name: letter case does not
// count, with Unicode's two strange letters (encoding/json fold.go). Several: the last one wins, or
// objects are merged, so all of them matter.
std::vector<const json_node*> members_named(const json_node& object, std::string_view name);

// As a JSON string, quotes included.
std::string json_quoted(std::string_view text);

// Replaces what is between `begin` and `end`.
struct json_edit {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string replacement;
};

// `edits` in any order; they must not overlap.
std::string apply_edits(std::string_view text, std::vector<json_edit> edits);

}  // namespace proxy
