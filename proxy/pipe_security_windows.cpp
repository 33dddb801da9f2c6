// The SIDs of accounts, from the process' token and by name, and security descriptors.
#include "proxy/listener.hpp"
#include "proxy/pipe_calls.hpp"
#include "proxy/pipe_security.hpp"
#include "proxy/windows_text.hpp"

#include <boost/system/system_error.hpp>
#include <sddl.h>
#include <windows.h>

#include <vector>

namespace proxy {
namespace {

[[noreturn]] void fail(const char* what)
{
    throw boost::system::system_error(last_error(), what);
}

std::string text_of(PSID sid)
{
    wchar_t* text = nullptr;
    if (::ConvertSidToStringSidW(sid, &text) == 0) fail("write a SID");
    auto narrowed = narrow(text);
    ::LocalFree(text);
    return narrowed;
}

}  // namespace

security_descriptor::security_descriptor(const std::string& text)
{
    constexpr DWORD revision = SDDL_REVISION_1;
    if (::ConvertStringSecurityDescriptorToSecurityDescriptorW(
            wide(text).c_str(), revision, &descriptor_, nullptr
        ) == 0) {
        fail("make a security descriptor");
    }
}

security_descriptor::~security_descriptor()
{
    ::LocalFree(descriptor_);
}

std::string own_sid()
{
    HANDLE token = nullptr;
    if (::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token) == 0) fail("open our token");
    DWORD size = 0;
    ::GetTokenInformation(token, TokenUser, nullptr, 0, &size);
    std::vector<unsigned char> user(size);
    const bool found = ::GetTokenInformation(token, TokenUser, user.data(), size, &size) != 0;
    ::CloseHandle(token);
    if (!found) fail("read our token");
    return text_of(reinterpret_cast<const TOKEN_USER*>(user.data())->User.Sid);
}

std::string sid_of_group(const std::string& name)
{
    const auto account = wide(name);
    DWORD size = 0;
    DWORD domain_size = 0;
    SID_NAME_USE kind{};
    ::LookupAccountNameW(nullptr, account.c_str(), nullptr, &size, nullptr, &domain_size, &kind);
    std::vector<unsigned char> sid(size);
    std::vector<wchar_t> domain(domain_size);
    if (size == 0 ||
        ::LookupAccountNameW(
            nullptr, account.c_str(), sid.data(), &size, domain.data(), &domain_size, &kind
        ) == 0) {
        throw listen_error(
            "there is no group \"" + name +
            "\"; `net localgroup` lists this machine's, or leave the "
            "setting out"
        );
    }
    return text_of(sid.data());
}

}  // namespace proxy
