// Linux' own file; elsewhere there is none, and no route.
#include "gangway/host_routes.hpp"

#include <fstream>
#include <iterator>
#include <string>

namespace gangway {

std::optional<std::vector<route>> host_routes()
{
    std::ifstream stream("/proc/net/route", std::ios::binary);
    const std::string text{
        std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    return parse_routes(text);
}

}  // namespace gangway
