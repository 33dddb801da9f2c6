// Read before each file that is compiled as on macOS: what of this system macOS has not may not be
// named from here on. The libraries, which know how to do without, are read first.
#pragma once

#include <arpa/inet.h>
#include <bits/stdc++.h>
#include <boost/asio.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define GANGWAY_STANDS_IN_FOR_MACOS

// Apple's name for it.
enum { TCP_KEEPALIVE = 0x10 };

#undef TCP_KEEPIDLE
#undef SOCK_CLOEXEC
#undef SOCK_NONBLOCK
#undef SO_PEERCRED
#undef SO_DOMAIN
#undef SO_PROTOCOL
#undef F_OFD_GETLK
#undef F_OFD_SETLK
#undef F_SETPIPE_SZ
#undef O_PATH
#undef O_TMPFILE
#undef POLLRDHUP

#pragma GCC poison TCP_KEEPIDLE SOCK_CLOEXEC SOCK_NONBLOCK SO_PEERCRED SO_DOMAIN SO_PROTOCOL
#pragma GCC poison F_OFD_GETLK F_OFD_SETLK F_SETPIPE_SZ O_PATH O_TMPFILE POLLRDHUP
#pragma GCC poison accept4 pipe2 dup3 ucred splice close_range memfd_create pidfd_open gettid
#pragma GCC poison st_atim st_mtim st_ctim fallocate prctl mallopt malloc_trim
#pragma GCC poison epoll_create1 eventfd timerfd_create inotify_init1 signalfd
#pragma GCC poison posix_spawn_file_actions_addclosefrom_np program_invocation_name execvpe
