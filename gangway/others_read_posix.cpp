// By its mode.
#include "gangway/others_read.hpp"

#include <system_error>

namespace gangway {

bool others_may_read(const std::filesystem::path& file)
{
    using std::filesystem::perms;
    std::error_code error;
    if (!std::filesystem::exists(file, error)) return false;
    const auto mode = std::filesystem::status(file, error).permissions();
    return (mode & (perms::group_all | perms::others_all)) != perms::none;
}

}  // namespace gangway
