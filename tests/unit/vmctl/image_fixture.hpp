// Images of a few bytes that are whole, each of another version.
#pragma once

#include <filesystem>
#include <string>

namespace vmctl_test {

// Makes `directory` an image whose files hold `version`.
void make_image(const std::filesystem::path& directory, const std::string& version);

// Of the image there; "none" when there is none that is whole.
std::string version_in(const std::filesystem::path& directory);

}  // namespace vmctl_test
