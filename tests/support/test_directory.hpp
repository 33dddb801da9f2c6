// A private directory under $TMPDIR for everything one test makes; gone when the test ends.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace test_support {

class test_directory {
public:
    // Mode 0700. The name stays short, because unix socket paths are limited to 107 bytes.
    test_directory();
    ~test_directory();
    test_directory(const test_directory&) = delete;
    test_directory& operator=(const test_directory&) = delete;

    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

// Creates missing parent directories. Throws when the file cannot be written whole.
void write_file(const std::filesystem::path& file, std::string_view content);
std::string read_file(const std::filesystem::path& file);

// Bytes that repeat nowhere and are the same in every run.
std::string patterned_bytes(std::size_t count);

}  // namespace test_support
