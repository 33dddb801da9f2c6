// Takes the place of libSystem's function.
#include "fake_launchd.hpp"

#include "proxy/launchd.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

fake_launchd& instance()
{
    static fake_launchd one;
    return one;
}

}  // namespace

fake_launchd& new_fake_launchd()
{
    return instance() = {};
}

extern "C" int launch_activate_socket(const char* name, int** descriptors, std::size_t* count)
{
    auto& fake = instance();
    fake.names.emplace_back(name);
    if (fake.error != 0) return fake.error;
    // By malloc, since free() is promised to the caller: a sanitizer sees the one that is missing.
    *descriptors = static_cast<int*>(std::malloc((fake.sockets.size() + 1) * sizeof(int)));
    std::ranges::copy(fake.sockets, *descriptors);
    *count = fake.sockets.size();
    return 0;
}
