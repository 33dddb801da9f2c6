// Blocks of 512 bytes: a head and the text for each member, and two of zeros.
#include "gangway/ustar.hpp"

#include <cstdio>
#include <numeric>
#include <string_view>

namespace gangway {
namespace {

constexpr std::size_t block = 512;

// Fields of a head.
constexpr std::size_t name_at = 0;
constexpr std::size_t mode_at = 100;
constexpr std::size_t owner_at = 108;
constexpr std::size_t group_at = 116;
constexpr std::size_t size_at = 124;
constexpr std::size_t time_at = 136;
constexpr std::size_t sum_at = 148;
constexpr std::size_t type_at = 156;
constexpr std::size_t magic_at = 257;
constexpr std::size_t short_number = 7;  // octal digits
constexpr std::size_t long_number = 11;

void put(std::string& head, std::size_t at, std::string_view text)
{
    head.replace(at, text.size(), text);
}

void put_number(std::string& head, std::size_t at, std::size_t digits, unsigned long long value)
{
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", static_cast<int>(digits), value);
    put(head, at, text);
}

std::string head_of(const archive_member& member, std::chrono::sys_seconds time)
{
    std::string head(block, '\0');
    put(head, name_at, member.name);
    put_number(head, mode_at, short_number, 0600);
    put_number(head, owner_at, short_number, 0);
    put_number(head, group_at, short_number, 0);
    put_number(head, size_at, long_number, member.text.size());
    put_number(
        head, time_at, long_number, static_cast<unsigned long long>(time.time_since_epoch().count())
    );
    put(head, type_at, "0");
    put(head,
        magic_at,
        {"ustar\0"
         "00",
         8});
    // Of all bytes, with blanks for itself.
    put(head, sum_at, "        ");
    const auto sum = std::accumulate(head.begin(), head.end(), 0ULL, [](auto total, char byte) {
        return total + static_cast<unsigned char>(byte);
    });
    put_number(head, sum_at, 6, sum);
    head[sum_at + 6] = '\0';
    return head;
}

}  // namespace

std::string ustar(const std::vector<archive_member>& members, std::chrono::sys_seconds time)
{
    std::string archive;
    for (const auto& member : members) {
        archive += head_of(member, time);
        archive += member.text;
        archive.append((block - member.text.size() % block) % block, '\0');
    }
    archive.append(2 * block, '\0');
    return archive;
}

}  // namespace gangway
