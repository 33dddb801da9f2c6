// Runs in a container, for what a shell cannot do. Linked statically, as the image has no
// libraries. In a shared directory, `files` prints what works there, `hold FILE` locks it until it
// is killed, `try FILE` prints whether somebody has locked it, `watch` prints what is made there.
// `udp PORT` sends every datagram back; `reap` stands in for Ryuk.
#include "tests/e2e/reaper.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr size_t length = 4096;

void map_file(const char* what, int file, int protection, int kind)
{
    void* const map = ::mmap(nullptr, length, protection, kind, file, 0);
    if (map == MAP_FAILED) {
        std::printf("%s: %s\n", what, std::strerror(errno));
        return;
    }
    auto* const bytes = static_cast<char*>(map);
    const char first = bytes[0];
    if ((protection & PROT_WRITE) != 0) bytes[0] = 'X';
    std::printf("%s: %c\n", what, first);
    ::munmap(map, length);
}

void lock(int file)
{
    struct flock whole {};

    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    const bool locked = ::fcntl(file, F_SETLK, &whole) == 0;
    std::printf("fcntl lock: %s\n", locked ? "yes" : std::strerror(errno));
}

int try_files()
{
    const int file = ::open("mapped", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 || ::write(file, "abc", 3) != 3) {
        std::perror("mapped");
        return 1;
    }
    const int reader = ::open("mapped", O_RDONLY | O_CLOEXEC);
    map_file("mmap to read", reader, PROT_READ, MAP_SHARED);
    ::close(reader);
    map_file("private mmap", file, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    map_file("shared mmap", file, PROT_READ | PROT_WRITE, MAP_SHARED);
    lock(file);
    ::close(file);
    return 0;
}

int hold(const char* path)
{
    const int file = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ::flock(file, LOCK_EX) != 0) {
        std::perror(path);
        return 1;
    }
    std::puts("held");
    std::fflush(stdout);
    for (;;) ::pause();
}

int try_lock(const char* path)
{
    const int file = ::open(path, O_RDWR | O_CLOEXEC);
    const bool locked = file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0;
    std::puts(locked ? "free" : std::strerror(errno));
    return 0;
}

int watch()
{
    const int events = ::inotify_init1(IN_CLOEXEC);
    if (::inotify_add_watch(events, ".", IN_CREATE) < 0) {
        std::perror("inotify");
        return 1;
    }
    alignas(inotify_event) std::array<char, 4096> buffer;
    while (::read(events, buffer.data(), buffer.size()) > 0) {
        std::puts(reinterpret_cast<const inotify_event*>(buffer.data())->name);
        std::fflush(stdout);
    }
    return 1;
}

int echo_datagrams(const char* port)
{
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket, any, sizeof address) != 0) return 1;
    std::array<char, 65536> bytes;
    for (;;) {
        socklen_t size = sizeof address;
        const auto count = ::recvfrom(socket, bytes.data(), bytes.size(), 0, any, &size);
        if (count >= 0) ::sendto(socket, bytes.data(), static_cast<size_t>(count), 0, any, size);
    }
}

}  // namespace

int main(int count, char** arguments)
{
    const std::string_view what = count > 1 ? arguments[1] : "";
    if (what == "files") return try_files();
    if (what == "hold" && count > 2) return hold(arguments[2]);
    if (what == "try" && count > 2) return try_lock(arguments[2]);
    if (what == "watch") return watch();
    if (what == "udp" && count > 2) return echo_datagrams(arguments[2]);
    if (what == "reap") return container_probe::reap();
    return 2;
}
