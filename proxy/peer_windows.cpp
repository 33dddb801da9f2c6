// GetNamedPipeClientProcessId, and the process for its name and its user.
#include "proxy/peer.hpp"
#include "proxy/windows_text.hpp"

#include <windows.h>

#include <array>
#include <vector>

namespace proxy {
namespace {

// Of SID's account: "DOMAIN\name".
std::string account_of(PSID sid)
{
    std::array<wchar_t, 257> name{};
    std::array<wchar_t, 257> domain{};
    auto name_size = static_cast<DWORD>(name.size());
    auto domain_size = static_cast<DWORD>(domain.size());
    SID_NAME_USE kind{};
    if (::LookupAccountSidW(
            nullptr, sid, name.data(), &name_size, domain.data(), &domain_size, &kind
        ) == 0) {
        return {};
    }
    return narrow({domain.data(), domain_size}) + "\\" + narrow({name.data(), name_size});
}

std::string user_of_process(HANDLE process)
{
    HANDLE token = nullptr;
    if (::OpenProcessToken(process, TOKEN_QUERY, &token) == 0) return {};
    DWORD size = 0;
    ::GetTokenInformation(token, TokenUser, nullptr, 0, &size);
    std::vector<unsigned char> user(size);
    const bool found = ::GetTokenInformation(token, TokenUser, user.data(), size, &size) != 0;
    ::CloseHandle(token);
    if (!found) return {};
    return account_of(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid);
}

std::string program_of(HANDLE process)
{
    std::vector<wchar_t> path(32768);
    auto size = static_cast<DWORD>(path.size());
    if (::QueryFullProcessImageNameW(process, 0, path.data(), &size) == 0) return {};
    const auto whole = narrow({path.data(), size});
    return whole.substr(whole.rfind('\\') + 1);
}

template <class Question>
std::string ask_process(const peer& who, Question question)
{
    if (who.pid == 0) return {};
    const HANDLE process =
        ::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, static_cast<DWORD>(who.pid));
    if (process == nullptr) return {};
    auto answer = question(process);
    ::CloseHandle(process);
    return answer;
}

}  // namespace

peer peer_of(void* pipe)
{
    ULONG process = 0;
    if (::GetNamedPipeClientProcessId(pipe, &process) == 0) return {};
    return {0, static_cast<int>(process)};
}

std::string command_of(const peer& who)
{
    return who.command.empty() ? ask_process(who, program_of) : who.command;
}

std::string user_of(const peer& who)
{
    return ask_process(who, user_of_process);
}

}  // namespace proxy
