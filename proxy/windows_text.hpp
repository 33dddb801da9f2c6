// Text between Windows' interfaces, which take UTF-16, and ours, which is UTF-8. What is no such
// text becomes U+FFFD.
#pragma once

#include <string>
#include <string_view>

namespace proxy {

std::wstring wide(std::string_view text);
std::string narrow(std::wstring_view text);

}  // namespace proxy
