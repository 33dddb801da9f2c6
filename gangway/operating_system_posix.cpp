// uname(2).
#include "gangway/operating_system.hpp"

#include <sys/utsname.h>

namespace gangway {

std::string operating_system()
{
    utsname system{};
    ::uname(&system);
    return std::string(system.sysname) + " " + system.release + " " + system.machine;
}

}  // namespace gangway
