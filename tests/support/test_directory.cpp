// A private directory and the small file operations tests need.
#include "tests/support/test_directory.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <system_error>

namespace test_support {

test_directory::~test_directory()
{
    std::error_code error;
    std::filesystem::remove_all(path_, error);
    if (error) std::cerr << "left behind: " << path_ << ": " << error.message() << '\n';
}

void write_file(const std::filesystem::path& file, std::string_view content)
{
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + file.string());
}

std::string read_file(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string patterned_bytes(std::size_t count)
{
    std::mt19937_64 sequence;
    std::string bytes(count, '\0');
    for (std::size_t done = 0; done < count; done += sizeof(std::uint64_t)) {
        const std::uint64_t word = sequence();
        std::memcpy(bytes.data() + done, &word, std::min(sizeof word, count - done));
    }
    return bytes;
}

}  // namespace test_support
