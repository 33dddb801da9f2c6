// How a file from elsewhere is named: by its URL and its digest. Pure.
#pragma once

#include <string_view>

namespace config {

// Whether `place` is a URL that can be fetched, else it is a path.
inline bool is_url(std::string_view place)
{
    return place.starts_with("http://") || place.starts_with("https://");
}

// Whether `text` is one as sha256sum prints it.
inline bool is_sha256(std::string_view text)
{
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace config
