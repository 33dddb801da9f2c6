// O_EXCL.
#include "gangway/failure.hpp"
#include "gangway/new_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

namespace gangway {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error)
{
    throw failure(path.string() + " cannot be written: " + std::generic_category().message(error));
}

int write_all(int file, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

}  // namespace

void write_new_file(const std::filesystem::path& path, const std::string& bytes)
{
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 && errno == EEXIST)
        throw failure(path.string() + " exists already, and is left as it is; choose another name");
    if (file < 0) fail(path, errno);
    int error = write_all(file, bytes);
    if (::close(file) != 0 && error == 0) error = errno;
    if (error == 0) return;
    ::unlink(path.c_str());
    fail(path, error);
}

}  // namespace gangway
