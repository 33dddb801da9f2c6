// They matter to a VM's networks alone, and no VM runs on Windows yet.
#include "gangway/host_routes.hpp"

namespace gangway {

std::optional<std::vector<route>> host_routes()
{
    return std::nullopt;
}

}  // namespace gangway
