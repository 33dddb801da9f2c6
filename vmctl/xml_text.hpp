// Text inside XML: what has to be escaped, and back. Pure.
#pragma once

#include <string>
#include <string_view>

namespace vmctl {

// `text` as XML character data or an attribute's value in either kind of quotes, and back.
std::string xml_escaped(std::string_view text);
std::string xml_unescaped(std::string_view text);

// `text` as an attribute's value, in its quotes.
std::string xml_quoted(std::string_view text);

}  // namespace vmctl
