// By CreateProcess, which hands over the handles that a list names, and a job object.
#include "proxy/spawn_windows.hpp"

#include "proxy/child_process.hpp"
#include "proxy/program_words.hpp"

#include <boost/system/system_error.hpp>
#include <windows.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

[[noreturn]] void fail(const char* what)
{
    throw boost::system::system_error(
        static_cast<int>(::GetLastError()), boost::system::system_category(), what
    );
}

std::wstring variable(const wchar_t* name)
{
    std::wstring value(32768, L'\0');  // the longest that there can be
    const auto size =
        ::GetEnvironmentVariableW(name, value.data(), static_cast<DWORD>(value.size()));
    value.resize(size);
    return value;
}

// An empty or relative entry would mean the working directory: never run what lies there.
std::filesystem::path find_program(const std::string& name)
{
    const auto path = variable(L"PATH");
    std::wstring_view rest = path;
    while (!rest.empty()) {
        const auto entry = rest.substr(0, rest.find(L';'));
        rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
        const auto candidate = std::filesystem::path(entry) / (name + ".exe");
        std::error_code unknown;
        if (candidate.is_absolute() && std::filesystem::is_regular_file(candidate, unknown))
            return candidate;
    }
    throw program_missing("the program " + name + " is missing");
}

struct pipe_ends {
    asio::windows::stream_handle ours;
    owned_handle programs;
};

// A name that nobody else has: the first instance, and the only one.
std::wstring pipe_name()
{
    static std::atomic<unsigned> serial = 0;
    return L"\\\\.\\pipe\\gangway-program-" + std::to_wstring(::GetCurrentProcessId()) + L"-" +
           std::to_wstring(++serial);
}

// Ours is overlapped, the program's is as programs expect it. `direction` is ours.
pipe_ends make_pipe(const asio::any_io_executor& executor, DWORD direction)
{
    constexpr DWORD size = 64 * 1024;
    const auto name = pipe_name();
    owned_handle ours(::CreateNamedPipeW(
        name.c_str(),
        direction | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
        PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
        1,
        size,
        size,
        0,
        nullptr
    ));
    if (ours.get() == INVALID_HANDLE_VALUE) fail("cannot make a pipe");
    SECURITY_ATTRIBUTES inherited{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    const DWORD access = direction == PIPE_ACCESS_INBOUND ? GENERIC_WRITE : GENERIC_READ;
    // If somebody else has come before us, this fails.
    owned_handle programs(::CreateFileW(
        name.c_str(), access, 0, &inherited, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr
    ));
    if (programs.get() == INVALID_HANDLE_VALUE) fail("cannot make a pipe");
    pipe_ends ends{asio::windows::stream_handle(executor), std::move(programs)};
    ends.ours.assign(ours.get());
    ours.release();
    return ends;
}

owned_handle make_job()
{
    owned_handle job(::CreateJobObjectW(nullptr, nullptr));
    if (job.get() == nullptr) fail("cannot make a job");
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (!::SetInformationJobObject(
            job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits
        ))
        fail("cannot make a job");
    return job;
}

// The handles that a program gets.
class handle_list {
public:
    explicit handle_list(std::array<HANDLE, 3> handles) : handles_(handles)
    {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        bytes_ = std::make_unique<std::byte[]>(size);
        if (!::InitializeProcThreadAttributeList(get(), 1, 0, &size)) fail("cannot list handles");
        if (!::UpdateProcThreadAttribute(
                get(),
                0,
                PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                handles_.data(),
                sizeof handles_,
                nullptr,
                nullptr
            )) {
            ::DeleteProcThreadAttributeList(get());
            fail("cannot list handles");
        }
    }

    handle_list(const handle_list&) = delete;
    handle_list& operator=(const handle_list&) = delete;

    ~handle_list() { ::DeleteProcThreadAttributeList(get()); }

    LPPROC_THREAD_ATTRIBUTE_LIST get() const
    {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(bytes_.get());
    }

private:
    std::array<HANDLE, 3> handles_;
    std::unique_ptr<std::byte[]> bytes_;
};

std::wstring programs_environment()
{
    const std::unique_ptr<wchar_t, decltype(&::FreeEnvironmentStringsW)> ours(
        ::GetEnvironmentStringsW(), ::FreeEnvironmentStringsW
    );
    const wchar_t* end = ours.get();
    while (*end != L'\0') end += std::wstring_view(end).size() + 1;
    return english_environment({ours.get(), static_cast<std::size_t>(end - ours.get())});
}

// It has not begun yet: first it has to be in its job.
PROCESS_INFORMATION create_suspended(
    const std::vector<std::string>& words, std::array<HANDLE, 3> handles
)
{
    const auto program = find_program(words.front());
    auto line = command_line(words);
    auto environment = programs_environment();
    const handle_list list(handles);
    STARTUPINFOEXW start{};
    start.StartupInfo.cb = sizeof start;
    start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    start.StartupInfo.hStdInput = handles[0];
    start.StartupInfo.hStdOutput = handles[1];
    start.StartupInfo.hStdError = handles[2];
    start.lpAttributeList = list.get();
    PROCESS_INFORMATION started{};
    // Without a console there is none that it could ask at.
    if (!::CreateProcessW(
            program.c_str(),
            line.data(),
            nullptr,
            nullptr,
            TRUE,
            CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP | CREATE_SUSPENDED |
                CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT,
            environment.data(),
            nullptr,
            &start.StartupInfo,
            &started
        ))
        fail("cannot start a program");
    return started;
}

}  // namespace

owned_handle::~owned_handle()
{
    if (handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE) ::CloseHandle(handle_);
}

void* owned_handle::release()
{
    return std::exchange(handle_, nullptr);
}

spawned_program spawn(const asio::any_io_executor& executor, const std::vector<std::string>& words)
{
    auto job = make_job();
    auto input = make_pipe(executor, PIPE_ACCESS_OUTBOUND);
    auto output = make_pipe(executor, PIPE_ACCESS_INBOUND);
    auto errors = make_pipe(executor, PIPE_ACCESS_INBOUND);
    const auto started = create_suspended(
        words, {input.programs.get(), output.programs.get(), errors.programs.get()}
    );
    owned_handle process(started.hProcess);
    const owned_handle thread(started.hThread);
    if (!::AssignProcessToJobObject(job.get(), process.get())) {
        const auto failure = ::GetLastError();
        ::TerminateProcess(process.get(), 1);
        ::SetLastError(failure);
        fail("cannot put a program into a job");
    }
    ::ResumeThread(thread.get());
    asio::windows::object_handle ends(executor);
    ends.assign(process.get());
    process.release();
    return {
        std::move(job),
        std::move(ends),
        std::move(input.ours),
        std::move(output.ours),
        std::move(errors.ours)};
}

}  // namespace proxy
