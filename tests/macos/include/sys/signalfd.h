// Stands in for a header that macOS has not: only what was included before macos.hpp may have it.
#pragma GCC system_header
#ifdef GANGWAY_STANDS_IN_FOR_MACOS
#error "macOS has no <sys/signalfd.h>"
#endif
#include_next <sys/signalfd.h>
