// What is in the bundle is text; every text goes through redact().
#include "gangway/doctor_bundle.hpp"
#include "gangway/failure.hpp"
#include "gangway/redact.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

namespace gangway {
namespace {

constexpr std::streamoff kept_bytes = 256 * 1024;

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

std::vector<archive_member> without_secrets(
    std::vector<archive_member> members, const std::string& home
)
{
    for (auto& member : members) {
        member.name.insert(0, "gangway-doctor/");
        member.text = redact(member.text, home);
    }
    return members;
}

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

std::string last_part(const std::filesystem::path& file)
{
    std::error_code unknown;
    if (!std::filesystem::is_regular_file(file, unknown)) return {};
    std::ifstream stream(file, std::ios::binary | std::ios::ate);
    const auto size = static_cast<std::streamoff>(stream.tellg());
    if (!stream || size <= 0) return {};
    const auto skipped = size > kept_bytes ? size - kept_bytes : 0;
    stream.seekg(skipped);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (skipped > 0) text.erase(0, text.find('\n') + 1);
    return text;
}

}  // namespace gangway
