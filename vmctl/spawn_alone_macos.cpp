// A flag, with which every descriptor is closed that no action has made
// (posix_spawnattr_setflags(3) of macOS).
#include "vmctl/spawn_alone.hpp"

namespace vmctl {

short give_no_others(posix_spawn_file_actions_t&, int)
{
    return POSIX_SPAWN_CLOEXEC_DEFAULT;
}

}  // namespace vmctl
