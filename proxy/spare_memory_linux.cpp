// glibc keeps freed memory that lies below memory in use.
#include "proxy/spare_memory.hpp"

#include <malloc.h>

namespace proxy {

void return_spare_memory() noexcept
{
    ::malloc_trim(0);
}

}  // namespace proxy
