// By descriptor: the rest of a file that was moved away is read before its successor.
#include "gangway/failure.hpp"
#include "gangway/file_follower.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gangway {
namespace {

constexpr std::size_t portion = 65536;

[[noreturn]] void fail(const std::filesystem::path& file, int error)
{
    throw failure(file.string() + " cannot be read: " + std::generic_category().message(error));
}

}  // namespace

file_follower::~file_follower()
{
    close();
}

void file_follower::close()
{
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

void file_follower::open()
{
    descriptor_ = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor_ >= 0)
        found_ = true;
    else if (errno != ENOENT && errno != ENOTDIR)
        fail(file_, errno);
}

std::string file_follower::read_some()
{
    std::string bytes(portion, '\0');
    const auto size = ::read(descriptor_, bytes.data(), bytes.size());
    if (size < 0) fail(file_, errno);
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
}

std::string file_follower::read_more()
{
    if (descriptor_ < 0) open();
    if (descriptor_ < 0) return {};

    struct stat ours {};

    if (::fstat(descriptor_, &ours) != 0) fail(file_, errno);
    if (ours.st_size < ::lseek(descriptor_, 0, SEEK_CUR)) ::lseek(descriptor_, 0, SEEK_SET);
    auto bytes = read_some();

    struct stat named {};

    const bool replaced = bytes.empty() && ::stat(file_.c_str(), &named) == 0 &&
                          (named.st_ino != ours.st_ino || named.st_dev != ours.st_dev);
    if (!replaced) return bytes;
    close();
    open();
    return descriptor_ < 0 ? std::string() : read_some();
}

}  // namespace gangway
