// Digests as Docker's store and our manifests write them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gangway {

// 64 lower-case hexadecimal digits. Throws failure when OpenSSL cannot.
std::string sha256_of(std::string_view text);

// Nothing: the file cannot be read to its end.
std::optional<std::string> sha256_of_file(const std::filesystem::path& file);

}  // namespace gangway
