// Windows': what belongs to the machine is in %ProgramData%. There are no links among its places.
#include "config/host_places.hpp"

#include <cstdlib>

namespace config {

host_places native_host_places()
{
    const wchar_t* const data = ::_wgetenv(L"ProgramData");
    const auto ours = std::filesystem::path(data ? data : L"C:\\ProgramData") / "gangway";
    host_places places;
    places.homes = "C:\\Users";
    places.runtime.clear();
    places.temporary.clear();
    places.state = ours;
    places.configuration = ours;
    return places;
}

}  // namespace config
