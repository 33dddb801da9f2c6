// posix_spawn and a pipe; on Linux and macOS.
#include "gangway/program_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>

extern char** environ;  // NOLINT(readability-redundant-declaration): macOS declares it nowhere

namespace gangway {
namespace {

// More is read and forgotten.
constexpr std::size_t kept_output = 64UL * 1024;

using std::chrono::steady_clock;

std::vector<std::string> changed_environment(const std::map<std::string, std::string>& changes)
{
    std::vector<std::string> result;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        if (!changes.contains(std::string(text.substr(0, text.find('=')))))
            result.emplace_back(text);
    }
    for (const auto& [name, value] : changes) {
        auto entry = name;
        entry += "=";
        entry += value;
        result.push_back(entry);
    }
    return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings)
{
    std::vector<char*> result;
    result.reserve(strings.size() + 1);
    for (auto& text : strings) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

// Until the end of what is written there; false: not in time.
bool read_all(int from, steady_clock::time_point give_up, std::string& into)
{
    std::array<char, 4096> block{};
    while (true) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(give_up - steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd readable{from, POLLIN, 0};
        const int ready = ::poll(&readable, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) return false;
        if (ready <= 0) continue;
        const auto size = ::read(from, block.data(), block.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return size == 0;
        if (into.size() < kept_output) into.append(block.data(), static_cast<std::size_t>(size));
    }
}

}  // namespace

std::optional<std::filesystem::path> find_program(const std::string& name)
{
    const char* const configured = std::getenv("PATH");
    const auto path = std::string(configured ? configured : "/usr/bin:/bin") + ":/usr/sbin:/sbin:";
    for (std::size_t from = 0; from < path.size();) {
        const auto colon = path.find(':', from);
        const auto candidate = path.substr(from, colon - from) + "/" + name;
        // An empty or relative entry would mean the current directory: never run what lies there.
        if (candidate.front() == '/' && colon > from && ::access(candidate.c_str(), X_OK) == 0)
            return candidate;
        from = colon + 1;
    }
    return std::nullopt;
}

std::optional<std::string> program_output(
    const std::filesystem::path& program,
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment,
    std::chrono::milliseconds limit
)
{
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return std::nullopt;
    ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto variables = changed_environment(environment);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int error = ::posix_spawn(
        &child,
        program.c_str(),
        &actions,
        nullptr,
        pointers_to(words).data(),
        pointers_to(variables).data()
    );
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string text;
    const bool in_time = error == 0 && read_all(ends[0], steady_clock::now() + limit, text);
    ::close(ends[0]);
    if (error != 0) return std::nullopt;
    if (!in_time) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!in_time) return std::nullopt;
    return text;
}

}  // namespace gangway
