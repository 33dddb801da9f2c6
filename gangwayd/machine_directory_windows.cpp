// CreateDirectory with an access list, or the list for one that is there.
#include "gangwayd/machine_directory_windows.hpp"

#include "gangwayd/windows_text.hpp"

#include <aclapi.h>
#include <sddl.h>
#include <windows.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

struct local_memory {
    void operator()(void* memory) const { ::LocalFree(memory); }
};

using security = std::unique_ptr<void, local_memory>;

// Handed down to what is made in it, and protected from what %ProgramData% would hand down.
constexpr const wchar_t* administrators_alone = L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

[[noreturn]] void fail(const std::filesystem::path& directory, DWORD error)
{
    throw std::runtime_error(
        directory.string() +
        " cannot be made the service's: " + std::system_category().message(static_cast<int>(error))
    );
}

security access_list()
{
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    ::ConvertStringSecurityDescriptorToSecurityDescriptorW(
        administrators_alone, SDDL_REVISION_1, &descriptor, nullptr
    );
    return security(descriptor);
}

bool is_this_user(PSID who)
{
    HANDLE token = nullptr;
    if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token) == 0) return false;
    DWORD size = 0;
    ::GetTokenInformation(token, TokenUser, nullptr, 0, &size);
    std::vector<char> user(size);
    const auto known = ::GetTokenInformation(token, TokenUser, user.data(), size, &size);
    ::CloseHandle(token);
    return known != 0 &&
           ::EqualSid(who, reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid) != 0;
}

// Who installs a service is an administrator.
bool is_trusted(PSID owner)
{
    return ::IsWellKnownSid(owner, WinBuiltinAdministratorsSid) != 0 ||
           ::IsWellKnownSid(owner, WinLocalSystemSid) != 0 || is_this_user(owner);
}

void check_owner(const std::filesystem::path& directory)
{
    PSID owner = nullptr;
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    const auto error = ::GetNamedSecurityInfoW(
        directory.c_str(),
        SE_FILE_OBJECT,
        OWNER_SECURITY_INFORMATION,
        &owner,
        nullptr,
        nullptr,
        nullptr,
        &descriptor
    );
    if (error != ERROR_SUCCESS) fail(directory, error);
    const security owned(descriptor);
    if (!is_trusted(owner))
        throw std::runtime_error(
            directory.string() +
            " was made by somebody who is no administrator, and would decide what the service "
            "does; look what it is, and remove it"
        );
}

}  // namespace

std::filesystem::path secure_machine_directory()
{
    std::wstring data(32768, L'\0');
    data.resize(
        ::GetEnvironmentVariableW(L"ProgramData", data.data(), static_cast<DWORD>(data.size()))
    );
    if (data.empty()) throw std::runtime_error("%ProgramData% is not set");
    const auto directory = std::filesystem::path(data) / "gangway";
    const auto list = access_list();
    SECURITY_ATTRIBUTES access{sizeof(SECURITY_ATTRIBUTES), list.get(), FALSE};
    if (::CreateDirectoryW(directory.c_str(), &access) != 0) return directory;
    if (const auto error = ::GetLastError(); error != ERROR_ALREADY_EXISTS) fail(directory, error);
    check_owner(directory);
    if (::SetFileSecurityW(
            directory.c_str(),
            DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
            list.get()
        ) == 0)
        fail(directory, ::GetLastError());
    return directory;
}
