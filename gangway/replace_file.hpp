// Puts a new text in a file's place, whole or not at all. One source file a platform.
#pragma once

#include <filesystem>
#include <string_view>

namespace gangway {

// Who reads `path` meanwhile sees the former text or the new one. A symbolic link stays, and leads
// to the new text. The mode stays what it was; that of a file that was not there is `mode`, and at
// no time may more people read the text. Throws failure.
void replace_file(
    const std::filesystem::path& path, std::string_view text, std::filesystem::perms mode
);

}  // namespace gangway
