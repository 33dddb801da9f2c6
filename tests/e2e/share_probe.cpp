// Runs in a container, in a shared directory: prints what a program can do there that a shell
// cannot. Linked statically, as the image has no libraries.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

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

}  // namespace

int main()
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
