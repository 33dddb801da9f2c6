// XML's five named entities.
#include "vmctl/xml_text.hpp"

#include <algorithm>
#include <iterator>

namespace vmctl {

namespace {

struct entity {
    char letter;
    std::string_view name;
};

constexpr entity entities[] = {
    {'&', "&amp;"},
    {'<', "&lt;"},
    {'>', "&gt;"},
    {'\'', "&apos;"},
    {'"', "&quot;"},
};

}  // namespace

std::string xml_escaped(std::string_view text)
{
    std::string escaped;
    for (const char letter : text) {
        const auto* const found = std::ranges::find(entities, letter, &entity::letter);
        if (found == std::end(entities)) {
            escaped += letter;
        } else {
            escaped += found->name;
        }
    }
    return escaped;
}

std::string xml_unescaped(std::string_view text)
{
    std::string plain;
    while (!text.empty()) {
        const auto* const found = std::ranges::find_if(entities, [text](const entity& each) {
            return text.starts_with(each.name);
        });
        if (found == std::end(entities)) {
            plain += text.front();
            text.remove_prefix(1);
        } else {
            plain += found->letter;
            text.remove_prefix(found->name.size());
        }
    }
    return plain;
}

std::string xml_quoted(std::string_view text)
{
    return "'" + xml_escaped(text) + "'";
}

}  // namespace vmctl
