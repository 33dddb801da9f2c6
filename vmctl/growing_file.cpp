// Opened for each look, so that a file that was replaced is followed too.
#include "vmctl/growing_file.hpp"

#include <algorithm>
#include <fstream>

namespace vmctl {

namespace {

// What one look takes at most; the rest comes with the next. A console prints far less.
constexpr std::streamoff longest_read = 256 * 1024;

}  // namespace

std::string growing_file::read_new()
{
    std::ifstream file(path_, std::ios::binary | std::ios::ate);
    if (!file) return {};
    const std::streamoff size = file.tellg();
    if (size < offset_) offset_ = 0;
    std::string bytes(static_cast<std::size_t>(std::min(size - offset_, longest_read)), '\0');
    file.seekg(offset_);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    offset_ += static_cast<std::streamoff>(bytes.size());
    return bytes;
}

}  // namespace vmctl
