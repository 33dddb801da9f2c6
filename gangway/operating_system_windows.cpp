// The kernel's own answer: others depend on what a program's manifest says.
#include "gangway/operating_system.hpp"

#include <windows.h>

namespace gangway {

std::string operating_system()
{
    using version_call = LONG(WINAPI*)(OSVERSIONINFOW*);
    OSVERSIONINFOW version{};
    version.dwOSVersionInfoSize = sizeof version;
    auto* const found = ::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
    if (found == nullptr) return "Windows";
    reinterpret_cast<version_call>(reinterpret_cast<void*>(found))(&version);
    SYSTEM_INFO machine{};
    ::GetNativeSystemInfo(&machine);
    const bool usual = machine.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_AMD64;
    return "Windows " + std::to_string(version.dwMajorVersion) + "." +
           std::to_string(version.dwMinorVersion) + "." + std::to_string(version.dwBuildNumber) +
           (usual ? " x86_64" : " on another processor than x86_64");
}

}  // namespace gangway
