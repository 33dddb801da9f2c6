// Named pipes: opened as a client would, which starts nothing, and asked who serves them.
#include "gangway/doctor_listener.hpp"
#include "gangway/doctor_pipe.hpp"
#include "gangway/handle_windows.hpp"
#include "gangway/windows_error.hpp"

#include <array>
#include <cwchar>
#include <filesystem>
#include <variant>

namespace gangway {
namespace {

// Empty: it is no pipe.
std::wstring name_of(const config::local_endpoint& endpoint)
{
    const auto* const pipe = std::get_if<config::pipe_endpoint>(&endpoint);
    if (pipe == nullptr) return {};
    return L"\\\\.\\pipe\\" + std::filesystem::path(pipe->name).wstring();
}

windows_handle opened(const std::wstring& name)
{
    return owned_file(::CreateFileW(
        name.c_str(),
        GENERIC_READ | GENERIC_WRITE,
        0,
        nullptr,
        OPEN_EXISTING,
        SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS,
        nullptr
    ));
}

std::string program_of(DWORD process)
{
    const windows_handle handle(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process));
    std::array<wchar_t, 32768> path{};
    auto size = static_cast<DWORD>(path.size());
    if (!handle || ::QueryFullProcessImageNameW(handle.get(), 0, path.data(), &size) == 0)
        return {};
    return std::filesystem::path(std::wstring(path.data(), size)).string();
}

}  // namespace

bool is_there(const config::local_endpoint& endpoint)
{
    const auto name = name_of(endpoint);
    if (name.empty()) return false;
    // One that is there without a free instance is waited for; none is an error at once.
    return ::WaitNamedPipeW(name.c_str(), 1) != 0 || ::GetLastError() == ERROR_SEM_TIMEOUT;
}

bool is_same(const config::local_endpoint& one, const config::local_endpoint& other)
{
    const auto name = name_of(one);
    return !name.empty() && ::_wcsicmp(name.c_str(), name_of(other).c_str()) == 0;
}

bool starts_what_it_serves(const config::local_endpoint&)
{
    return false;
}

finding look_at_listener(
    const std::string& check, const config::local_endpoint& endpoint, const daemon_facts& daemon
)
{
    if (name_of(endpoint).empty())
        return {
            check,
            verdict::wrong,
            config::to_string(endpoint) + " is not served on Windows",
            "name a pipe, such as npipe:////./pipe/docker_engine"};
    pipe_facts facts;
    facts.check = check;
    facts.name = config::to_string(endpoint);
    facts.daemon_runs = daemon.runs;
    facts.daemon = daemon.pid;
    facts.exists = is_there(endpoint);
    if (!facts.exists) return judge_pipe(facts);
    const auto pipe = opened(name_of(endpoint));
    // All instances taken for a moment is no obstacle.
    if (const auto error = last_windows_error(); !pipe && error != ERROR_PIPE_BUSY)
        facts.why_not = windows_message(error);
    ULONG server = 0;
    if (pipe && ::GetNamedPipeServerProcessId(pipe.get(), &server) != 0) {
        facts.server = static_cast<std::int64_t>(server);
        facts.program = program_of(server);
    }
    return judge_pipe(facts);
}

std::string nobodys_host()
{
    return "npipe:////./pipe/gangway-nobody";
}

}  // namespace gangway
