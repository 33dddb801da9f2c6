// Digests as manifests write them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace vmctl {

// Feed it, then ask once. Throws storage_error when OpenSSL cannot.
class sha256 {
public:
    sha256();
    sha256(const sha256&) = delete;
    sha256& operator=(const sha256&) = delete;
    ~sha256();

    void add(std::string_view bytes);

    // 64 lower-case hexadecimal digits.
    std::string hex();

private:
    struct state;
    std::unique_ptr<state> state_;
};

// Of a whole file. Throws storage_error when it cannot be read.
std::string sha256_of(const std::filesystem::path& file);

}  // namespace vmctl
