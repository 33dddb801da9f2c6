// Of this Mac: confstr(3) knows what TMPDIR is at login, whoever has started us.
#include "config/host_places.hpp"

#include <unistd.h>

namespace config {

host_places native_host_places()
{
    std::string path(::confstr(_CS_DARWIN_USER_TEMP_DIR, nullptr, 0), '\0');
    ::confstr(_CS_DARWIN_USER_TEMP_DIR, path.data(), path.size());
    return places_of_macos(path.c_str());  // without the NUL at its end
}

}  // namespace config
