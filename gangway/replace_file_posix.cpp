// A file of a name that nobody else uses, renamed.
#include "gangway/failure.hpp"
#include "gangway/replace_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace gangway {
namespace {

namespace fs = std::filesystem;

// Where a chain of links leads, also to nothing.
fs::path end_of_links(fs::path path)
{
    constexpr int most = 40;  // as many as Linux follows
    for (int i = 0; i < most && fs::is_symlink(path); ++i)
        path = path.parent_path() / fs::read_symlink(path);
    return path;
}

void write_all(int file, std::string_view text)
{
    while (!text.empty()) {
        const auto count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category());
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace

void replace_file(const fs::path& path, std::string_view text, fs::perms mode)
{
    std::string partial;
    try {
        const auto target = end_of_links(path);
        if (fs::exists(target)) mode = fs::status(target).permissions();
        partial = target.string() + ".XXXXXX";
        const int file = ::mkstemp(partial.data());  // with mode 0600
        if (file < 0) {
            partial.clear();
            throw std::system_error(errno, std::generic_category());
        }
        try {
            write_all(file, text);
        } catch (...) {
            ::close(file);
            throw;
        }
        if (::close(file) != 0) throw std::system_error(errno, std::generic_category());
        fs::permissions(partial, mode);
        fs::rename(partial, target);
    } catch (const std::system_error& error) {
        if (!partial.empty()) ::unlink(partial.c_str());
        throw failure(path.string() + " cannot be written: " + error.code().message());
    }
}

}  // namespace gangway
