// An action that closes the others, of glibc 2.34 and later.
#include "vmctl/spawn_alone.hpp"

namespace vmctl {

short give_no_others(posix_spawn_file_actions_t& actions, int others)
{
    ::posix_spawn_file_actions_addclosefrom_np(&actions, others);
    return 0;
}

}  // namespace vmctl
