// By its access list: the groups that every user of a machine is in.
#include "gangway/others_read.hpp"

#include <aclapi.h>
#include <windows.h>

#include <memory>

namespace gangway {
namespace {

struct local_memory {
    void operator()(void* memory) const { ::LocalFree(memory); }
};

bool is_everybody(PSID who)
{
    return ::IsWellKnownSid(who, WinWorldSid) != 0 ||
           ::IsWellKnownSid(who, WinAuthenticatedUserSid) != 0 ||
           ::IsWellKnownSid(who, WinBuiltinUsersSid) != 0;
}

bool lets_everybody_read(ACCESS_ALLOWED_ACE& entry)
{
    constexpr DWORD reading = FILE_READ_DATA | GENERIC_READ | GENERIC_ALL;
    return entry.Header.AceType == ACCESS_ALLOWED_ACE_TYPE &&
           (entry.Header.AceFlags & INHERIT_ONLY_ACE) == 0 && (entry.Mask & reading) != 0 &&
           is_everybody(&entry.SidStart);
}

}  // namespace

bool others_may_read(const std::filesystem::path& file)
{
    ACL* list = nullptr;
    PSECURITY_DESCRIPTOR security = nullptr;
    auto name = file.wstring();
    if (::GetNamedSecurityInfoW(
            name.data(),
            SE_FILE_OBJECT,
            DACL_SECURITY_INFORMATION,
            nullptr,
            nullptr,
            &list,
            nullptr,
            &security
        ) != ERROR_SUCCESS)
        return false;
    const std::unique_ptr<void, local_memory> owned(security);
    if (list == nullptr) return true;  // no list at all: everybody may everything
    for (DWORD i = 0; i < list->AceCount; ++i) {
        void* entry = nullptr;
        if (::GetAce(list, i, &entry) != 0 &&
            lets_everybody_read(*static_cast<ACCESS_ALLOWED_ACE*>(entry)))
            return true;
    }
    return false;
}

}  // namespace gangway
