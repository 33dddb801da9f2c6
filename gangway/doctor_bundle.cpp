// What is in the bundle is text; every text goes through redact().
#include "gangway/doctor_bundle.hpp"

#include "gangway/redact.hpp"

#include <fstream>
#include <iterator>
#include <system_error>

namespace gangway {
namespace {

constexpr std::streamoff kept_bytes = 256 * 1024;

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
