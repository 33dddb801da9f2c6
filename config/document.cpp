// Builds the tree from nlohmann's parser events, because its own tree neither keeps line numbers
// nor notices a key that is given twice.
#include "config/document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace config {
namespace {

// Long enough for any sensible value, short enough for one line.
constexpr std::size_t longest_quotation = 80;

// Counts lines while the parser reads. The parser copies its iterators, so the count lives outside.
class line_counter {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    line_counter(const char* at, std::size_t& line) : at_(at), line_(&line) {}

    reference operator*() const { return *at_; }

    line_counter& operator++()
    {
        if (*at_ == '\n') ++*line_;
        ++at_;
        return *this;
    }

    line_counter operator++(int)
    {
        auto old = *this;
        ++*this;
        return old;
    }

    bool operator==(const line_counter& other) const { return at_ == other.at_; }

private:
    const char* at_;
    std::size_t* line_;
};

class tree_builder final : public nlohmann::json_sax<json> {
public:
    tree_builder(
        document& result,
        json& root,
        std::string_view text,
        const std::string& name,
        const std::size_t& line
    )
        : result_(result), root_(root), text_(text), name_(name), line_(line)
    {
    }

    bool null() override { return add(nullptr); }

    bool boolean(bool value) override { return add(value); }

    bool number_integer(number_integer_t value) override { return add(value); }

    bool number_unsigned(number_unsigned_t value) override { return add(value); }

    bool number_float(number_float_t value, const string_t&) override { return add(value); }

    bool string(string_t& value) override { return add(std::move(value)); }

    bool binary(binary_t&) override { return false; }  // JSON text has none

    bool start_object(std::size_t) override { return open(json::object()); }

    bool start_array(std::size_t) override { return open(json::array()); }

    bool end_object() override { return close(); }

    bool end_array() override { return close(); }

    bool key(string_t& key) override
    {
        auto& here = open_.back();
        here.key = here.path.empty() ? key_text(key) : here.path + "." + key_text(key);
        if (here.node->contains(key)) {
            const auto first =
                here.inside_list ? result_.lines.end() : result_.lines.find(here.key);
            result_.problems.push_back(
                {name_ + ":" + std::to_string(line_),
                 here.key,
                 "is given twice" +
                     (first == result_.lines.end()
                          ? std::string()
                          : ", first in line " + std::to_string(first->second)) +
                     "; keep one"}
            );
        } else if (!here.inside_list) {
            result_.lines.emplace(here.key, line_);
        }
        slot_ = &(*here.node)[key];
        return true;
    }

    // Only the explanation of the parser's own message is used; the rest is about the parser.
    bool parse_error(
        std::size_t offset, const std::string&, const nlohmann::detail::exception& error
    ) override
    {
        const auto before = text_.substr(0, std::min(offset == 0 ? 0 : offset - 1, text_.size()));
        const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
        const auto column = before.size() - (before.rfind('\n') + 1) + 1;
        result_.problems.push_back(
            {name_,
             "line " + std::to_string(line) + ", column " + std::to_string(column),
             explanation(error.what(), before)}
        );
        return false;
    }

private:
    struct level {
        json* node;
        std::string path;
        std::string key;  // path of the member that is being read
        bool inside_list;
    };

    // Where the next value goes: the place its key made, the end of a list, or the root.
    json& place(json value)
    {
        if (open_.empty()) return root_ = std::move(value);
        auto& parent = *open_.back().node;
        if (parent.is_array()) return parent.emplace_back(std::move(value));
        return *slot_ = std::move(value);
    }

    bool add(json value)
    {
        place(std::move(value));
        return true;
    }

    bool open(json value)
    {
        const bool inside_list = value.is_array() || (!open_.empty() && open_.back().inside_list);
        auto path = open_.empty() ? std::string() : open_.back().key;
        auto& node = place(std::move(value));
        open_.push_back({&node, std::move(path), {}, inside_list});
        return true;
    }

    bool close()
    {
        open_.pop_back();
        return true;
    }

    static std::string explanation(std::string_view message, std::string_view before)
    {
        const auto last = before.find_last_not_of(" \t\r\n");
        if (last != std::string_view::npos && before[last] == ',' &&
            message.find("unexpected '") != std::string_view::npos)
            return "the last element must not be followed by a comma";
        // "[json.exception.parse_error.101] parse error at line 3, column 7: EXPLANATION"
        const auto start = message.find(": ");
        std::string text(start == std::string_view::npos ? message : message.substr(start + 2));
        // The place is known, and what was last read may be half a character.
        if (const auto read = text.find("; last read: '"); read != std::string::npos) {
            const auto expected = expectation(text);
            text.erase(read);
            text += expected;
        }
        return text;
    }

    // "; expected X" at the end of the parser's message. What was last read stands before it and
    // may hold these words too, so that only what the parser can say itself counts.
    static std::string expectation(std::string_view message)
    {
        for (const std::string_view token :
             {"end of input", "string literal", "'[', '{', or a literal", "':'", "']'", "'}'"}) {
            const auto said = "; expected " + std::string(token);
            if (message.ends_with("'" + said)) return said;
        }
        return {};
    }

    document& result_;
    json& root_;
    std::string_view text_;
    const std::string& name_;
    const std::size_t& line_;
    std::vector<level> open_;
    json* slot_ = nullptr;
};

// JSON lets DEL and U+0080 to U+009F stand as they are; terminals obey them.
std::string escape_controls(const std::string& quoted)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string escaped;
    for (std::size_t index = 0; index < quoted.size(); ++index) {
        auto byte = static_cast<unsigned char>(quoted[index]);
        const bool leads = byte == 0xC2 && index + 1 < quoted.size() &&
                           static_cast<unsigned char>(quoted[index + 1]) < 0xA0;
        if (leads) byte = static_cast<unsigned char>(quoted[++index]);
        if (leads || byte == 0x7F) {
            escaped += "\\u00";
            escaped += digits[byte >> 4U];
            escaped += digits[byte & 0xFU];
        } else {
            escaped += quoted[index];
        }
    }
    return escaped;
}

}  // namespace

document parse_document(std::string_view text, const std::string& name, json& root)
{
    document result;
    std::size_t line = 1;
    tree_builder builder(result, root, text, name, line);
    const line_counter first(text.data(), line);
    std::size_t unused = 0;
    const line_counter last(text.data() + text.size(), unused);
    const bool strict = true;
    const bool ignore_comments = true;
    result.is_complete =
        json::sax_parse(first, last, &builder, json::input_format_t::json, strict, ignore_comments);
    if (!result.is_complete) root = nullptr;
    return result;
}

std::string in_quotes(std::string_view text)
{
    auto quoted = escape_controls(json(text).dump(-1, ' ', false, json::error_handler_t::replace));
    if (quoted.size() <= longest_quotation) return quoted;
    auto end = longest_quotation;
    while (end > 0 && (static_cast<unsigned char>(quoted[end]) & 0xC0U) == 0x80U)
        --end;  // not inside a UTF-8 sequence
    return quoted.substr(0, end) + "…\"";
}

std::string key_text(std::string_view key)
{
    const bool plain =
        !key.empty() && key.size() <= longest_quotation && std::ranges::all_of(key, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '-' || c == '.' || c == '$';
        });
    return plain ? std::string(key) : in_quotes(key);
}

std::string position(const document& document, const std::string& name, std::string_view path)
{
    const auto found = document.lines.find(path);
    return found == document.lines.end() ? name : name + ":" + std::to_string(found->second);
}

}  // namespace config
