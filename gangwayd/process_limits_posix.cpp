// rlimits, umask, SIGPIPE, XDG_RUNTIME_DIR.
#include "gangwayd/process_limits.hpp"
#include "proxy/heap.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

void prepare_process()
{
    ::rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);  // without it there are fewer clients at once, no more
    }
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
