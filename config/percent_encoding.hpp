// Text in a part of a URL. Pure.
#pragma once

#include <string>
#include <string_view>

namespace config {

// `text` with every byte escaped that is neither unreserved (RFC 3986 section 2.3) nor a slash,
// which needs no escape in a path or in a query.
std::string percent_encoded(std::string_view text);

}  // namespace config
