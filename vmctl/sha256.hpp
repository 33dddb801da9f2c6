// Digests as manifests write them.
#pragma once

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

}  // namespace vmctl
