// A recursive reader by RFC 8259 that notes where it was.
#include "proxy/json_tree.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace proxy {
namespace {

constexpr int deepest = 200;

// As Go reads a string: what is no UTF-8 becomes replacement characters.
std::string in_utf8(std::string text)
{
    const auto is_ascii = [](char letter) { return static_cast<unsigned char>(letter) < 0x80; };
    if (std::ranges::all_of(text, is_ascii)) return text;
    return nlohmann::json::parse(json_quoted(text)).get<std::string>();
}

class reader {
public:
    explicit reader(std::string_view text) : text_(text) {}

    bool value(json_node& node, int depth)
    {
        skip_blanks();
        node.begin = at_;
        const bool understood = depth < deepest && at_ < text_.size() && content(node, depth);
        node.end = at_;
        return understood;
    }

private:
    bool content(json_node& node, int depth)
    {
        switch (text_[at_]) {
            case '{':
                node.type = json_node::kind::object;
                return object(node, depth);
            case '[':
                node.type = json_node::kind::array;
                return array(node, depth);
            case '"':
                node.type = json_node::kind::string;
                return string(node.text);
            default:
                return word(node);
        }
    }

    bool object(json_node& node, int depth)
    {
        ++at_;
        if (skip('}')) return true;
        do {
            skip_blanks();
            auto& [key, member] = node.members.emplace_back();
            if (!string(key) || !skip(':') || !value(member, depth + 1)) return false;
        } while (skip(','));
        return skip('}');
    }

    bool array(json_node& node, int depth)
    {
        ++at_;
        if (skip(']')) return true;
        do {
            if (!value(node.elements.emplace_back(), depth + 1)) return false;
        } while (skip(','));
        return skip(']');
    }

    // Numbers and literals are for the engine to judge; only their end matters.
    bool word(json_node& node)
    {
        const auto begin = at_;
        const auto end = text_.find_first_of(" \t\r\n,:]}[{\"", at_);
        at_ = std::min(end, text_.size());
        if (text_.substr(begin, at_ - begin) == "true") node.type = json_node::kind::is_true;
        return at_ > begin;
    }

    bool string(std::string& decoded)
    {
        if (at_ >= text_.size() || text_[at_] != '"') return false;
        ++at_;
        while (at_ < text_.size()) {
            const char letter = text_[at_++];
            if (letter == '"') {
                decoded = in_utf8(std::move(decoded));
                return true;
            }
            if (static_cast<unsigned char>(letter) < 0x20) return false;
            if (letter != '\\') {
                decoded += letter;
            } else if (!escape(decoded)) {
                return false;
            }
        }
        return false;
    }

    bool escape(std::string& decoded)
    {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (at_ >= text_.size()) return false;
        const char letter = text_[at_++];
        if (letter == 'u') return unicode(decoded);
        const auto known = letters.find(letter);
        if (known == std::string_view::npos) return false;
        decoded += meanings[known];
        return true;
    }

    bool unicode(std::string& decoded)
    {
        auto first = hex_digits();
        if (!first) return false;
        if (*first >= 0xD800 && *first < 0xDC00 && text_.substr(at_, 2) == "\\u") {
            const auto back = at_;
            at_ += 2;
            const auto second = hex_digits();
            if (!second) return false;
            if (*second >= 0xDC00 && *second < 0xE000) {
                append(decoded, 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00));
                return true;
            }
            at_ = back;
        }
        // Half a pair alone: Go reads the replacement character.
        const bool half = *first >= 0xD800 && *first < 0xE000;
        append(decoded, half ? 0xFFFD : *first);
        return true;
    }

    std::optional<std::uint32_t> hex_digits()
    {
        std::uint32_t number = 0;
        for (int digit = 0; digit < 4; ++digit, ++at_) {
            if (at_ >= text_.size()) return std::nullopt;
            const char letter = text_[at_];
            const auto lower = static_cast<char>(letter | 0x20);
            if (letter >= '0' && letter <= '9') {
                number = number << 4 | static_cast<std::uint32_t>(letter - '0');
            } else if (lower >= 'a' && lower <= 'f') {
                number = number << 4 | static_cast<std::uint32_t>(lower - 'a' + 10);
            } else {
                return std::nullopt;
            }
        }
        return number;
    }

    static void append(std::string& to, std::uint32_t point)
    {
        const auto tail = [&](unsigned shift) {
            to += static_cast<char>(0x80U | (point >> shift & 0x3FU));
        };
        if (point < 0x80) {
            to += static_cast<char>(point);
        } else if (point < 0x800) {
            to += static_cast<char>(0xC0U | point >> 6);
            tail(0);
        } else if (point < 0x10000) {
            to += static_cast<char>(0xE0U | point >> 12);
            tail(6);
            tail(0);
        } else {
            to += static_cast<char>(0xF0U | point >> 18);
            tail(12);
            tail(6);
            tail(0);
        }
    }

    bool skip(char wanted)
    {
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }

    void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string folded(std::string_view key)
{
    constexpr std::string_view long_s = "\xC5\xBF";
    constexpr std::string_view kelvin = "\xE2\x84\xAA";
    std::string result;
    while (!key.empty()) {
        if (key.starts_with(long_s)) {
            result += 's';
            key.remove_prefix(long_s.size());
        } else if (key.starts_with(kelvin)) {
            result += 'k';
            key.remove_prefix(kelvin.size());
        } else {
            const char letter = key.front();
            const bool upper = letter >= 'A' && letter <= 'Z';
            result += upper ? static_cast<char>(letter - 'A' + 'a') : letter;
            key.remove_prefix(1);
        }
    }
    return result;
}

}  // namespace

std::optional<json_node> parse_json(std::string_view text)
{
    json_node root;
    if (!reader(text).value(root, 0)) return std::nullopt;
    return root;
}

std::vector<const json_node*> members_named(const json_node& object, std::string_view name)
{
    std::vector<const json_node*> found;
    const auto wanted = folded(name);
    for (const auto& [key, value] : object.members)
        if (folded(key) == wanted) found.push_back(&value);
    return found;
}

std::string json_quoted(std::string_view text)
{
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string apply_edits(std::string_view text, std::vector<json_edit> edits)
{
    std::ranges::sort(edits, {}, &json_edit::begin);
    std::string result;
    std::size_t copied = 0;
    for (const auto& edit : edits) {
        result += text.substr(copied, edit.begin - copied);
        result += edit.replacement;
        copied = edit.end;
    }
    result += text.substr(copied);
    return result;
}

}  // namespace proxy
