// Runs in a container, for what a shell cannot do. `files`, in a shared directory: prints what
// works there. `udp PORT`: sends every datagram back. `reap`: stands in for Ryuk. Linked
// statically, as the image has no libraries.
#include "tests/e2e/reaper.hpp"

#include <fcntl.h>
#include <netinet/in.h>
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
    if (what == "udp" && count > 2) return echo_datagrams(arguments[2]);
    if (what == "reap") return container_probe::reap();
    return 2;
}
