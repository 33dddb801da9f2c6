// External tools by CreateProcess: in a job, so that what a tool starts ends with it.
#include "config/windows_words.hpp"
#include "vmctl/disk_tool.hpp"

#include <windows.h>

#include <array>
#include <chrono>
#include <memory>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace vmctl {
namespace {

// What a tool says beyond this is read and forgotten.
constexpr std::size_t kept_output = std::size_t{1024} * 1024;

// How often who waits for a tool may look at what it does, in milliseconds.
constexpr DWORD look_interval = 200;

struct closer {
    void operator()(HANDLE handle) const { ::CloseHandle(handle); }
};

using owned_handle = std::unique_ptr<void, closer>;

[[noreturn]] void throw_last_error(const std::string& doing)
{
    const auto error = static_cast<int>(::GetLastError());
    throw storage_error("cannot " + doing + ": " + std::system_category().message(error));
}

struct pipe_ends {
    owned_handle read;
    owned_handle write;  // inherited
};

pipe_ends make_pipe()
{
    SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
    HANDLE read = nullptr;
    HANDLE write = nullptr;
    if (::CreatePipe(&read, &write, &inherited, 0) == 0) throw_last_error("make a pipe");
    pipe_ends ends{owned_handle(read), owned_handle(write)};
    ::SetHandleInformation(read, HANDLE_FLAG_INHERIT, 0);
    return ends;
}

owned_handle make_job()
{
    owned_handle job(::CreateJobObjectW(nullptr, nullptr));
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (!job || ::SetInformationJobObject(
                    job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits
                ) == 0)
        throw_last_error("prepare a tool");
    return job;
}

owned_handle spawn(
    const tool_call& call, const pipe_ends& output, const pipe_ends& errors, HANDLE job
)
{
    std::vector<std::string> words = {call.program};
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    auto line = std::filesystem::path(config::windows_command_line(words)).wstring();
    STARTUPINFOW start{};
    start.cb = sizeof start;
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdOutput = output.write.get();
    start.hStdError = errors.write.get();
    PROCESS_INFORMATION made{};
    const auto* const directory = call.directory.empty() ? nullptr : call.directory.c_str();
    constexpr DWORD flags = CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP;
    if (::CreateProcessW(
            nullptr, line.data(), nullptr, nullptr, TRUE, flags, nullptr, directory, &start, &made
        ) == 0) {
        if (::GetLastError() == ERROR_FILE_NOT_FOUND)
            throw storage_error(
                "the program " + call.program + " is missing: " + install_advice_for(call.program)
            );
        throw_last_error("run " + call.program);
    }
    const owned_handle thread(made.hThread);
    owned_handle process(made.hProcess);
    ::AssignProcessToJobObject(job, process.get());
    ::ResumeThread(thread.get());
    return process;
}

void read_to_end(HANDLE from, std::string& kept)
{
    std::array<char, 4096> block{};
    DWORD size = 0;
    while (::ReadFile(from, block.data(), static_cast<DWORD>(block.size()), &size, nullptr) != 0)
        if (kept.size() < kept_output) kept.append(block.data(), size);
}

}  // namespace

tool_result run_tool(const tool_call& call)
{
    auto output = make_pipe();
    auto errors = make_pipe();
    tool_result result;
    // After the readers: when it is closed, whatever holds their pipes open ends.
    std::jthread reading_output;
    std::jthread reading_errors;
    const auto job = make_job();
    const auto process = spawn(call, output, errors, job.get());
    output.write.reset();
    errors.write.reset();
    reading_output = std::jthread(read_to_end, output.read.get(), std::ref(result.output));
    reading_errors = std::jthread(read_to_end, errors.read.get(), std::ref(result.errors));
    const auto slice = call.meanwhile ? look_interval : INFINITE;
    while (::WaitForSingleObject(process.get(), slice) == WAIT_TIMEOUT)
        if (call.meanwhile) call.meanwhile();
    reading_output.join();
    reading_errors.join();
    DWORD status = 0;
    ::GetExitCodeProcess(process.get(), &status);
    result.exit_code = static_cast<int>(status);
    return result;
}

}  // namespace vmctl
