// CreateProcess and a pipe. The program is in a job, so that those that it starts end with it.
#include "config/windows_words.hpp"
#include "gangway/handle_windows.hpp"
#include "gangway/program_output.hpp"

#include <array>
#include <cwchar>
#include <future>
#include <string_view>

namespace gangway {
namespace {

// More is read and forgotten.
constexpr std::size_t kept_output = 64UL * 1024;

std::wstring wide(const std::string& text)
{
    return std::filesystem::path(text).wstring();
}

std::wstring variable(const wchar_t* name)
{
    std::wstring value(32768, L'\0');
    value.resize(::GetEnvironmentVariableW(name, value.data(), static_cast<DWORD>(value.size())));
    return value;
}

// As CreateProcess wants it: NAME=VALUE, each with its zero, and one more. Windows' own names do
// not tell capitals from small letters.
std::wstring changed_environment(const std::map<std::string, std::string>& changes)
{
    std::wstring block;
    auto* const ours = ::GetEnvironmentStringsW();
    for (const wchar_t* entry = ours; *entry != L'\0'; entry += std::wcslen(entry) + 1) {
        const std::wstring_view text = entry;
        bool replaced = false;
        for (const auto& change : changes) {
            const auto name = wide(change.first + "=");
            replaced = replaced || ::_wcsnicmp(entry, name.c_str(), name.size()) == 0;
        }
        if (!replaced) block.append(text).push_back(L'\0');
    }
    ::FreeEnvironmentStringsW(ours);
    for (const auto& [name, value] : changes)
        block.append(wide(name + "=" + value)).push_back(L'\0');
    block.push_back(L'\0');
    return block;
}

std::string read_all(HANDLE from)
{
    std::string text;
    std::array<char, 4096> block{};
    for (DWORD size = 0;
         ::ReadFile(from, block.data(), static_cast<DWORD>(block.size()), &size, nullptr) != 0 &&
         size > 0;)
        if (text.size() < kept_output) text.append(block.data(), size);
    return text;
}

// What the program inherits, and nothing else of ours.
class inherited_handles {
public:
    explicit inherited_handles(std::array<HANDLE, 2> handles) : handles_(handles)
    {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        memory_.resize(size);
        list_ = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.data());
        made_ = ::InitializeProcThreadAttributeList(list_, 1, 0, &size) != 0;
        if (made_)
            ::UpdateProcThreadAttribute(
                list_,
                0,
                PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                handles_.data(),
                sizeof handles_,
                nullptr,
                nullptr
            );
    }

    ~inherited_handles()
    {
        if (made_) ::DeleteProcThreadAttributeList(list_);
    }

    inherited_handles(const inherited_handles&) = delete;
    inherited_handles& operator=(const inherited_handles&) = delete;

    LPPROC_THREAD_ATTRIBUTE_LIST list() const { return made_ ? list_ : nullptr; }

private:
    std::array<HANDLE, 2> handles_;
    std::vector<char> memory_;
    LPPROC_THREAD_ATTRIBUTE_LIST list_ = nullptr;
    bool made_ = false;
};

// Suspended, so that nothing of it runs outside of the job. Null: it cannot be run.
windows_handle start(
    const std::filesystem::path& program,
    std::wstring line,
    std::wstring environment,
    HANDLE output,
    HANDLE nowhere,
    HANDLE job
)
{
    const inherited_handles inherited({output, nowhere});
    STARTUPINFOEXW start{};
    start.StartupInfo.cb = sizeof start;
    start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    start.StartupInfo.hStdInput = nowhere;
    start.StartupInfo.hStdOutput = output;
    start.StartupInfo.hStdError = nowhere;
    start.lpAttributeList = inherited.list();
    PROCESS_INFORMATION made{};
    if (::CreateProcessW(
            program.c_str(),
            line.data(),
            nullptr,
            nullptr,
            /* bInheritHandles= */ TRUE,
            CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT |
                EXTENDED_STARTUPINFO_PRESENT,
            environment.data(),
            nullptr,
            &start.StartupInfo,
            &made
        ) == 0)
        return {};
    const windows_handle thread(made.hThread);
    ::AssignProcessToJobObject(job, made.hProcess);
    ::ResumeThread(made.hThread);
    return windows_handle(made.hProcess);
}

}  // namespace

std::optional<std::filesystem::path> find_program(const std::string& name)
{
    const auto path = variable(L"PATH");
    const auto file = name.ends_with(".exe") ? name : name + ".exe";
    for (std::size_t from = 0; from < path.size();) {
        const auto end = std::min(path.find(L';', from), path.size());
        auto entry = path.substr(from, end - from);
        std::erase(entry, L'"');
        const auto candidate = std::filesystem::path(entry) / file;
        std::error_code unknown;
        // An empty or relative entry would mean the current directory: never run what lies there.
        if (candidate.is_absolute() && std::filesystem::is_regular_file(candidate, unknown))
            return candidate;
        from = end + 1;
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
    SECURITY_ATTRIBUTES passed_on{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    HANDLE ends[2] = {};
    if (::CreatePipe(&ends[0], &ends[1], &passed_on, 0) == 0) return std::nullopt;
    const windows_handle from(ends[0]);
    windows_handle to(ends[1]);
    const auto nowhere = owned_file(::CreateFileW(
        L"NUL",
        GENERIC_READ | GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE,
        &passed_on,
        OPEN_EXISTING,
        0,
        nullptr
    ));
    const windows_handle job(::CreateJobObjectW(nullptr, nullptr));
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto child = start(
        program,
        wide(config::windows_command_line(words)),
        changed_environment(environment),
        to.get(),
        nowhere.get(),
        job.get()
    );
    to.reset();
    if (!child) return std::nullopt;
    auto text = std::async(std::launch::async, read_all, from.get());
    const bool in_time = text.wait_for(limit) == std::future_status::ready;
    if (!in_time) ::TerminateJobObject(job.get(), 1);
    // All that wrote there has ended.
    auto printed = text.get();
    if (!in_time) return std::nullopt;
    ::WaitForSingleObject(child.get(), INFINITE);
    return printed;
}

}  // namespace gangway
