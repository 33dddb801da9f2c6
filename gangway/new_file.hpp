// A file that is not there yet. One source file a platform.
#pragma once

#include <filesystem>
#include <string>

namespace gangway {

// Writes a new file that nobody else may read. Throws failure, also when there is something by that
// name.
void write_new_file(const std::filesystem::path& path, const std::string& bytes);

}  // namespace gangway
