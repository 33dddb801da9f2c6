// Stands in for Apple's <sys/un.h>: Linux's, and what we use of Apple's.
#pragma once
#pragma GCC system_header

#include_next <sys/un.h>

#define SOL_LOCAL 0
#define LOCAL_PEERPID 0x002
