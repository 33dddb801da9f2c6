// The Filesystem Hierarchy Standard's.
#include "config/host_places.hpp"

namespace config {

host_places native_host_places()
{
    return {};
}

}  // namespace config
