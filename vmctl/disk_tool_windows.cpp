// External tools by CreateProcess: in a job, so that what a tool starts ends with it.
#include "config/windows_words.hpp"
#include "vmctl/disk_tool.hpp"

#include <windows.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
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

// The two, and nothing that is made for another program at the same time: whoever held the end of
// a pipe would keep its reader waiting.
class inherited_handles {
public:
    explicit inherited_handles(std::array<HANDLE, 2> handles) : handles_(handles)
    {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        memory_.resize(size);
        if (::InitializeProcThreadAttributeList(list(), 1, 0, &size) == 0)
            throw_last_error("prepare a tool");
        ::UpdateProcThreadAttribute(
            list(),
            0,
            PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
            handles_.data(),
            sizeof handles_,
            nullptr,
            nullptr
        );
    }

    inherited_handles(const inherited_handles&) = delete;
    inherited_handles& operator=(const inherited_handles&) = delete;

    ~inherited_handles() { ::DeleteProcThreadAttributeList(list()); }

    LPPROC_THREAD_ATTRIBUTE_LIST list() const
    {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(const_cast<char*>(memory_.data()));
    }

private:
    std::array<HANDLE, 2> handles_;
    std::vector<char> memory_;
};

// Windows itself would look beside our own program and in the current directory first.
std::filesystem::path find_program(const std::string& program)
{
    const auto path = std::filesystem::path(program);
    if (path.is_absolute()) return path;
    const wchar_t* const configured = ::_wgetenv(L"PATH");
    const std::wstring all = configured ? configured : L"";
    const auto file = program.ends_with(".exe") ? path : std::filesystem::path(program + ".exe");
    for (std::size_t from = 0; from < all.size();) {
        const auto end = std::min(all.find(L';', from), all.size());
        const auto candidate = std::filesystem::path(all.substr(from, end - from)) / file;
        std::error_code unknown;
        if (candidate.is_absolute() && std::filesystem::is_regular_file(candidate, unknown))
            return candidate;
        from = end + 1;
    }
    throw storage_error("the program " + program + " is missing: " + install_advice_for(program));
}

owned_handle spawn(
    const tool_call& call, const pipe_ends& output, const pipe_ends& errors, HANDLE job
)
{
    std::vector<std::string> words = {call.program};
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    const auto program = find_program(call.program);
    auto line = std::filesystem::path(config::windows_command_line(words)).wstring();
    const inherited_handles inherited({output.write.get(), errors.write.get()});
    STARTUPINFOEXW start{};
    start.StartupInfo.cb = sizeof start;
    start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    start.StartupInfo.hStdOutput = output.write.get();
    start.StartupInfo.hStdError = errors.write.get();
    start.lpAttributeList = inherited.list();
    PROCESS_INFORMATION made{};
    const auto* const directory = call.directory.empty() ? nullptr : call.directory.c_str();
    if (::CreateProcessW(
            program.c_str(),
            line.data(),
            nullptr,
            nullptr,
            /* bInheritHandles= */ TRUE,
            CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP |
                EXTENDED_STARTUPINFO_PRESENT,
            nullptr,
            directory,
            &start.StartupInfo,
            &made
        ) == 0)
        throw_last_error("run " + call.program);
    const owned_handle thread(made.hThread);
    owned_handle process(made.hProcess);
    // Outside of the job it could not be ended with what it starts.
    if (::AssignProcessToJobObject(job, process.get()) == 0 ||
        ::ResumeThread(thread.get()) == static_cast<DWORD>(-1)) {
        ::TerminateProcess(process.get(), 1);
        throw_last_error("run " + call.program);
    }
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
