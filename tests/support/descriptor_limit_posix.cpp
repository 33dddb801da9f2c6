// setrlimit(2).
#include "tests/support/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace test_support {

void raise_descriptor_limit(std::size_t count)
{
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, count);
    ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace test_support
