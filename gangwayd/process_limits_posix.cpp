// rlimits, umask, SIGPIPE.
#include "gangwayd/process_limits.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

void prepare_process()
{
    ::rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);  // without it there are fewer clients at once, no more
    }
    ::umask(077);
    std::signal(SIGPIPE, SIG_IGN);
}
