// On Windows, where VirtualBox's installer changes no PATH and leaves a variable instead.
#include "config/virtualbox_program.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace config {
namespace {

void add(std::vector<std::filesystem::path>& places, std::filesystem::path place)
{
    if (place.is_absolute()) places.push_back(std::move(place));
}

}  // namespace

std::string virtualbox_program_name()
{
    return "VBoxManage.exe";
}

std::vector<std::filesystem::path> places_of_virtualbox()
{
    std::vector<std::filesystem::path> places;
    const wchar_t* const configured = ::_wgetenv(L"PATH");
    for (std::wstring_view rest = configured ? configured : L""; !rest.empty();) {
        const auto end = std::min(rest.find(L';'), rest.size());
        add(places, std::filesystem::path(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    for (const wchar_t* const name : {L"VBOX_MSI_INSTALL_PATH", L"VBOX_INSTALL_PATH"})
        if (const wchar_t* const value = ::_wgetenv(name)) add(places, value);
    for (const wchar_t* const name : {L"ProgramW6432", L"ProgramFiles"})
        if (const wchar_t* const value = ::_wgetenv(name))
            add(places, std::filesystem::path(value) / "Oracle" / "VirtualBox");
    return places;
}

}  // namespace config
