// Paths of this machine as they stand in the configuration. By their text and the environment.
#pragma once

#include "config/codecs.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace config {

// Paths of both dialects, for the schema: a file may be written on one machine for another.
inline constexpr std::string_view path_pattern = R"(^(~)?/|^~\\|^[A-Za-z]:[/\\]|^\\\\)";

// The path that `text` is where it is absolute; of Windows' in the spelling of windows_path.
std::optional<std::filesystem::path> absolute_path(std::string_view text, path_dialect dialect);

// absolute_path() in words.
std::string absolute_path_in_words(path_dialect dialect);

// "~/x" is under the home directory. Nothing, and a complaint, when there is none.
std::optional<std::string> with_home(
    std::string_view path, const environment& where, complaints& wrong, const std::string& element
);

// A path that can be shared. Nothing, with a complaint: it cannot, or is none.
std::optional<std::filesystem::path> shared_path(
    const json& value,
    std::string_view text,
    const environment& where,
    complaints& wrong,
    const std::string& element
);

}  // namespace config
