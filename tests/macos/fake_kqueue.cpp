// A fake of kqueue(2) that works, as far as we use it: an epoll instance, in which sockets are
// themselves, processes a pidfd, and directories an inotify instance. Adding with EV_CLEAR and
// taking without waiting is all that there is.
#include <sys/epoll.h>
#include <sys/event.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

namespace {

struct knote {
    int descriptor = -1;  // in the epoll instance
    bool owned = false;

    struct kevent asked {};
};

// By the queue's descriptor. close(2) of a queue is not heard of: what it held is let go when its
// number is used again, as is what was watched under a number that is used again.
std::map<int, std::vector<knote>> queues;

void let_go(std::vector<knote>& notes)
{
    for (const auto& each : notes)
        if (each.owned) ::close(each.descriptor);
    notes.clear();
}

int source_of(const struct kevent& change, bool& owned)
{
    const auto identity = static_cast<int>(change.ident);
    owned = change.filter != EVFILT_WRITE;
    if (change.filter == EVFILT_WRITE) return identity;
    if (change.filter == EVFILT_PROC)
        return static_cast<int>(::syscall(SYS_pidfd_open, identity, 0));
    const int notices = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    const auto path = "/proc/self/fd/" + std::to_string(identity);
    constexpr auto written = IN_CREATE | IN_DELETE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO;
    ::inotify_add_watch(notices, path.c_str(), written | IN_DELETE_SELF | IN_MOVE_SELF);
    return notices;
}

int add(int queue, const struct kevent& change)
{
    auto& notes = queues[queue];
    const auto same = std::ranges::find_if(notes, [&](const knote& each) {
        return each.asked.ident == change.ident && each.asked.filter == change.filter;
    });
    if (same != notes.end()) {
        if (same->owned) ::close(same->descriptor);
        notes.erase(same);
    }
    knote made;
    made.asked = change;
    made.descriptor = source_of(change, made.owned);
    if (made.descriptor < 0) return -1;
    epoll_event interest{};
    interest.events = EPOLLET | (change.filter == EVFILT_WRITE ? EPOLLOUT : EPOLLIN);
    interest.data.fd = made.descriptor;
    if (::epoll_ctl(queue, EPOLL_CTL_ADD, made.descriptor, &interest) != 0) return -1;
    notes.push_back(made);
    return 0;
}

struct kevent told(const knote& note, unsigned events)
{
    auto event = note.asked;
    event.flags = EV_CLEAR;
    if (event.filter == EVFILT_WRITE) {
        if ((events & (EPOLLHUP | EPOLLERR)) != 0) event.flags |= EV_EOF;
    } else if (event.filter == EVFILT_VNODE) {
        std::array<char, 4096> read_off{};
        while (::read(note.descriptor, read_off.data(), read_off.size()) > 0) {
        }
    }
    return event;
}

}  // namespace

extern "C" int kqueue()
{
    const int queue = ::epoll_create1(EPOLL_CLOEXEC);
    if (queue >= 0) let_go(queues[queue]);
    return queue;
}

extern "C" int
kevent(int queue, const struct kevent* changes, int change_count, struct kevent* events, int event_count, const struct timespec*)
{
    for (int index = 0; index < change_count; ++index)
        if (add(queue, changes[index]) != 0) return -1;
    if (event_count == 0) return 0;
    std::array<epoll_event, 16> ready{};
    const int most = std::min(event_count, static_cast<int>(ready.size()));
    const int count = ::epoll_wait(queue, ready.data(), most, 0);
    int filled = 0;
    for (int index = 0; index < count; ++index) {
        const auto& one = ready.at(static_cast<std::size_t>(index));
        for (const auto& note : queues[queue])
            if (note.descriptor == one.data.fd) events[filled++] = told(note, one.events);
    }
    return filled;
}
