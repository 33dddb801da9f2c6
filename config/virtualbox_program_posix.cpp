// On Linux and macOS.
#include "config/virtualbox_program.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace config {

std::string virtualbox_program_name()
{
    return "VBoxManage";
}

std::vector<std::filesystem::path> places_of_virtualbox()
{
    std::vector<std::filesystem::path> places;
    const char* const configured = std::getenv("PATH");
    for (std::string_view rest = configured ? configured : ""; !rest.empty();) {
        const auto end = std::min(rest.find(':'), rest.size());
        const auto place = rest.substr(0, end);
        if (place.starts_with('/')) places.emplace_back(place);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    for (const char* const usual :
         {"/usr/bin",
          "/usr/local/bin",
          "/opt/VirtualBox",
          "/Applications/VirtualBox.app/Contents/MacOS"})
        places.emplace_back(usual);
    return places;
}

}  // namespace config
