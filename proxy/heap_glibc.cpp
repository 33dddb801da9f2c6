// glibc's malloc.
#include "proxy/heap.hpp"

#include <malloc.h>

namespace proxy {

void keep_large_buffers_off_heap()
{
    // Unless it is set, glibc raises this to the size of what is freed first, and from then on cuts
    // our buffers out of a heap that grows between the small pieces of many connections.
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

void return_free_memory()
{
    ::malloc_trim(0);
}

}  // namespace proxy
