// rlimits, umask, SIGPIPE, XDG_RUNTIME_DIR.
#include "gangwayd/process_limits.hpp"
#include "proxy/heap.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

namespace {

// Without it there are fewer clients at once, no more.
void raise_descriptor_limit()
{
    ::rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    // macOS says that there is no hard limit, and refuses what is above its kernel's own.
    for (const rlim_t wanted : {files.rlim_max, rlim_t{65536}, rlim_t{10240}}) {
        if (wanted <= files.rlim_cur || wanted > files.rlim_max) continue;
        ::rlimit raised{};
        raised.rlim_cur = wanted;
        raised.rlim_max = files.rlim_max;
        if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return;
    }
}

}  // namespace

void prepare_process()
{
    raise_descriptor_limit();
    ::umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    proxy::keep_large_buffers_off_heap();
    // libvirt's session has its socket there. Without the variable (su, cron) it would be another
    // session, whose VMs the one at the next login does not see.
    const auto runtime = "/run/user/" + std::to_string(::getuid());

    struct stat found {};

    if (::stat(runtime.c_str(), &found) == 0 && found.st_uid == ::getuid()) {
        ::setenv("XDG_RUNTIME_DIR", runtime.c_str(), /* overwrite= */ 0);
    }
}
