// No descriptor limit, no umask: files of ours are in the user's profile, or in a directory that is
// made for the service alone.
#include "gangwayd/process_limits.hpp"
#include "proxy/heap.hpp"

#include <windows.h>

void prepare_process()
{
    // A window that waits for a click would be waited for by nobody.
    ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    ::SetConsoleOutputCP(CP_UTF8);
    proxy::keep_large_buffers_off_heap();
}
