// Stands in for Apple's <unistd.h>: Linux's, and what we use of Apple's.
#pragma once
#pragma GCC system_header

#include_next <unistd.h>

#define _CS_DARWIN_USER_TEMP_DIR 65537

extern "C" int getpeereid(int socket, uid_t* user, gid_t* group);
