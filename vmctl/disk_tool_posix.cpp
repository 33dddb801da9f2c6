// External tools by posix_spawn: found where ordinary users do not look (/usr/sbin), given no
// descriptor of ours, read to their end and reaped.
#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/spawn_alone.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration): macOS declares it nowhere

namespace vmctl {
namespace {

// What a tool says beyond this is read and forgotten.
constexpr std::size_t kept_output = 1024UL * 1024;

constexpr std::size_t chunk_size = 16UL * 1024;

// How often who waits for a tool may look at what it does, in milliseconds.
constexpr int look_interval = 200;

[[noreturn]] void throw_error(const std::string& doing, int error)
{
    throw storage_error("cannot " + doing + ": " + std::generic_category().message(error));
}

std::string find_program(const std::string& program)
{
    if (program.find('/') != std::string::npos) return program;
    const char* const configured = std::getenv("PATH");
    const auto path = std::string(configured ? configured : "/usr/bin:/bin") + ":/usr/sbin:/sbin:";
    for (std::size_t from = 0; from < path.size();) {
        const auto colon = path.find(':', from);
        auto candidate = path.substr(from, colon - from) + "/" + program;
        // An empty or relative entry would mean the current directory: never run what lies there.
        if (candidate.front() == '/' && colon > from && access(candidate.c_str(), X_OK) == 0)
            return candidate;
        from = colon + 1;
    }
    throw storage_error("the program " + program + " is missing: " + install_advice_for(program));
}

struct pipe_ends {
    unique_descriptor read;
    unique_descriptor write;
};

pipe_ends make_pipe()
{
    std::array<int, 2> ends = {};
    if (pipe(ends.data()) != 0) throw_error("make a pipe", errno);
    for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
    return {unique_descriptor(ends[0]), unique_descriptor(ends[1])};
}

// Our environment with messages in English, since some of them become part of ours.
std::vector<std::string> tool_environment()
{
    std::vector<std::string> result;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        if (!text.starts_with("LC_") && !text.starts_with("LANG")) result.emplace_back(text);
    }
    result.emplace_back("LC_ALL=C");
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

class spawn_plan {
public:
    spawn_plan()
    {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        // What a daemon ignores or blocks is not the tool's affair.
        sigset_t signals;
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
            sigaddset(&signals, signal);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        // A process group of its own: Ctrl-C in the daemon's terminal must not end a tool that is
        // at work on the disk.
        posix_spawnattr_setpgroup(&attributes_, 0);
    }

    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;

    ~spawn_plan()
    {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }

    posix_spawn_file_actions_t* actions() { return &actions_; }

    // After all actions.
    const posix_spawnattr_t* attributes(short flags)
    {
        flags |= POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP;
        posix_spawnattr_setflags(&attributes_, flags);
        return &attributes_;
    }

private:
    posix_spawn_file_actions_t actions_ = {};
    posix_spawnattr_t attributes_ = {};
};

pid_t spawn(const tool_call& call, const pipe_ends& output, const pipe_ends& errors)
{
    const auto program = find_program(call.program);
    std::vector<std::string> words = {call.program};
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    auto environment = tool_environment();

    // The sources are duplicated above the targets first, so that no dup2 overwrites a source.
    const auto above = [](int descriptor) {
        unique_descriptor copy(fcntl(descriptor, F_DUPFD_CLOEXEC, 10));
        if (!copy) throw_error("prepare a tool's descriptors", errno);
        return copy;
    };
    const auto output_copy = above(output.write.get());
    const auto errors_copy = above(errors.write.get());
    const auto held_copy = call.holds >= 0 ? above(call.holds) : unique_descriptor();

    spawn_plan plan;
    posix_spawn_file_actions_addopen(plan.actions(), 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(plan.actions(), output_copy.get(), 1);
    posix_spawn_file_actions_adddup2(plan.actions(), errors_copy.get(), 2);
    if (held_copy) posix_spawn_file_actions_adddup2(plan.actions(), held_copy.get(), 3);
    const short alone = give_no_others(*plan.actions(), held_copy ? 4 : 3);
    if (!call.directory.empty())
        posix_spawn_file_actions_addchdir_np(plan.actions(), call.directory.c_str());

    pid_t child = -1;
    const int error = posix_spawn(
        &child,
        program.c_str(),
        plan.actions(),
        plan.attributes(alone),
        pointers_to(words).data(),
        pointers_to(environment).data()
    );
    if (error == ENOENT && access(program.c_str(), F_OK) != 0)
        throw storage_error(
            "the program " + program + " is missing: " + install_advice_for(program)
        );
    if (error != 0) throw_error("run " + program, error);
    return child;
}

// Reads both pipes until the tool, and whatever it may have started, has closed them.
void read_to_end(
    const pipe_ends& output,
    const pipe_ends& errors,
    const std::function<void()>& meanwhile,
    tool_result& result
)
{
    std::array<pollfd, 2> waiting = {
        pollfd{output.read.get(), POLLIN, 0}, pollfd{errors.read.get(), POLLIN, 0}};
    const std::array<std::string*, 2> kept = {&result.output, &result.errors};
    while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
        const int ready = poll(waiting.data(), waiting.size(), meanwhile ? look_interval : -1);
        if (meanwhile) meanwhile();
        if (ready <= 0) continue;  // it has nothing to say; or EINTR: nothing else applies
        for (std::size_t index = 0; index < waiting.size(); ++index) {
            if (waiting[index].fd < 0 || waiting[index].revents == 0) continue;
            std::array<char, chunk_size> chunk = {};
            const auto got = read(waiting[index].fd, chunk.data(), chunk.size());
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) {
                waiting[index].fd = -1;
                continue;
            }
            const auto room = kept_output - kept[index]->size();
            kept[index]->append(chunk.data(), std::min(room, static_cast<std::size_t>(got)));
        }
    }
}

int exit_code_of(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw_error("wait for a tool", errno);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

tool_result run_tool(const tool_call& call)
{
    auto output = make_pipe();
    auto errors = make_pipe();
    const pid_t child = spawn(call, output, errors);
    output.write = unique_descriptor();
    errors.write = unique_descriptor();
    tool_result result;
    try {
        read_to_end(output, errors, call.meanwhile, result);
    } catch (...) {
        kill(-child, SIGKILL);  // its process group
        exit_code_of(child);
        throw;
    }
    result.exit_code = exit_code_of(child);
    return result;
}

}  // namespace vmctl
