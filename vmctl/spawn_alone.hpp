// A program that we start by posix_spawn(3) gets the descriptors that its actions name, and no
// other of ours. One source file a C library.
#pragma once

#include <spawn.h>

namespace vmctl {

// Behind the actions that give it the descriptors below `others`. What is returned belongs to the
// flags of its attributes.
[[nodiscard]] short give_no_others(posix_spawn_file_actions_t& actions, int others);

}  // namespace vmctl
