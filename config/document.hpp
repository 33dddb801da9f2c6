// A configuration file as text turned into JSON that remembers its lines. Knows JSON with comments,
// not what any key means.
#pragma once

#include "config/problem.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace config {

using json = nlohmann::ordered_json;

struct document {
    // Line of each key, by its path ("vm.memory"). Keys inside lists are not recorded.
    std::map<std::string, std::size_t, std::less<>> lines;
    // A syntax error, or keys given twice.
    std::vector<problem> problems;
    // False after a syntax error: there is no tree.
    bool is_complete = false;
};

// Parses `text`, `//` and `/* */` comments allowed, into `root`; `name` is the file's name in
// problems. Never throws for what `text` holds.
document parse_document(std::string_view text, const std::string& name, json& root);

// A string as JSON, cut short when it is long: one line that cannot be misread.
std::string in_quotes(std::string_view text);

// A key for people: as it is when it is plain, else in quotes.
std::string key_text(std::string_view key);

// "NAME:LINE" for the key at `path`, NAME alone when its line is not known.
std::string position(const document& document, const std::string& name, std::string_view path);

}  // namespace config
