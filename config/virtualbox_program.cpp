// Looks for it in one directory after the other.
#include "config/virtualbox_program.hpp"

#include <system_error>

namespace config {

std::optional<std::filesystem::path> find_virtualbox(
    const std::vector<std::filesystem::path>& places
)
{
    for (const auto& place : places) {
        auto candidate = place / virtualbox_program_name();
        std::error_code unknown;  // what cannot be looked at is not there for us
        if (std::filesystem::is_regular_file(candidate, unknown)) return candidate;
    }
    return std::nullopt;
}

}  // namespace config
