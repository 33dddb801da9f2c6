// Stands in for Apple's <libproc.h>: what we use of it.
#pragma once
#pragma GCC system_header

#include <cstdint>

extern "C" int proc_name(int pid, void* buffer, std::uint32_t size);
