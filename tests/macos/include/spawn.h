// Stands in for Apple's <spawn.h>: Linux's, and what we use of Apple's.
#pragma once
#pragma GCC system_header

#include_next <spawn.h>

#define POSIX_SPAWN_CLOEXEC_DEFAULT 0x4000
