// Who may read a file. One source file a platform.
#pragma once

#include <filesystem>

namespace gangway {

// Whether other users than its owner and the machine's administrators may. No: there is none.
bool others_may_read(const std::filesystem::path& file);

}  // namespace gangway
