// Finds processes through /proc, and watches over the tests from outside of their process tree.
#include "tests/e2e/janitor.hpp"

#include "tests/support/child.hpp"
#include "tests/support/eventually.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>

namespace e2e {
namespace {

namespace fs = std::filesystem;

// Empty when the process is gone, is a zombie, or belongs to somebody else.
std::string content_of(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    // A process may end while it is looked at; only the stream buffer would throw then.
    std::ostringstream content;
    content << in.rdbuf();
    return content.str();
}

template <class Predicate>
std::vector<pid_t> processes_where(Predicate matches)
{
    std::vector<pid_t> found;
    std::error_code vanished;
    fs::directory_iterator entry("/proc", vanished);
    for (; !vanished && entry != fs::directory_iterator(); entry.increment(vanished)) {
        const auto name = entry->path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto pid = static_cast<pid_t>(std::stol(name));
        if (pid != ::getpid() && matches(entry->path())) found.push_back(pid);
    }
    return found;
}

void leave_terminal()
{
    ::setsid();
    // ctest waits for the end of a test's output.
    const test_support::unique_fd nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        ::dup2(nowhere.get(), standard);
    }
}

[[noreturn]] void wait_and_clean_up(const test_support::unique_fd& tests, const fs::path& directory)
{
    pollfd ended{tests.get(), POLLIN, 0};
    while (::poll(&ended, 1, -1) < 0 && errno == EINTR) {
    }
    end_processes_of(directory);
    std::error_code ignored;
    fs::remove_all(directory, ignored);
    ::_exit(0);
}

}  // namespace

std::vector<pid_t> processes_of(const fs::path& directory)
{
    const auto mark = directory.string() + "/";
    return processes_where([&mark](const fs::path& process) {
        for (const auto* const file : {"cmdline", "environ"}) {
            if (content_of(process / file).find(mark) != std::string::npos) return true;
        }
        return false;
    });
}

std::vector<pid_t> virtual_machines_of(const fs::path& directory)
{
    const auto mark = directory.string() + "/";
    return processes_where([&mark](const fs::path& process) {
        const auto command = content_of(process / "cmdline");
        // libvirt also runs QEMU for a moment to ask it what it can do, without a disk.
        return content_of(process / "comm").starts_with("qemu-system") &&
               command.find(mark) != std::string::npos &&
               command.find("/disk.img") != std::string::npos;
    });
}

void end_processes_of(const fs::path& directory)
{
    const auto none_left = [&directory] {
        const auto found = processes_of(directory);
        for (const auto pid : found) ::kill(pid, SIGKILL);
        return found.empty();
    };
    if (!test_support::eventually(none_left)) {
        std::cerr << "left behind: processes of " << directory << '\n';
    }
}

void clean_up_after_us(const fs::path& directory)
{
    const auto tests = test_support::process_descriptor(::getpid());
    const pid_t intermediate = ::fork();
    if (intermediate < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (intermediate == 0) {
        // Nobody's child: whoever kills the tests kills their children with them.
        if (::fork() != 0) ::_exit(0);
        leave_terminal();
        wait_and_clean_up(tests, directory);
    }
    ::waitpid(intermediate, nullptr, 0);
}

}  // namespace e2e
