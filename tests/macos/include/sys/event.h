// Stands in for Apple's <sys/event.h>: what we use of it, with Apple's numbers. fake_kqueue.cpp
// does what it declares.
#pragma once
#pragma GCC system_header

#include <sys/types.h>
#include <time.h>

#include <cstdint>

#define EVFILT_WRITE (-2)
#define EVFILT_VNODE (-4)
#define EVFILT_PROC (-5)

#define EV_ADD 0x0001
#define EV_CLEAR 0x0020
#define EV_EOF 0x8000

#define NOTE_DELETE 0x00000001
#define NOTE_WRITE 0x00000002
#define NOTE_RENAME 0x00000020
#define NOTE_EXIT 0x80000000

struct kevent {
    std::uintptr_t ident;
    std::int16_t filter;
    std::uint16_t flags;
    std::uint32_t fflags;
    std::intptr_t data;
    void* udata;
};

extern "C" int kqueue();
extern "C" int kevent(
    int queue,
    const struct kevent* changes,
    int change_count,
    struct kevent* events,
    int event_count,
    const struct timespec* timeout
);
