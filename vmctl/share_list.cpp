// Paths may hold any byte but NUL, and three readers take them apart.
#include "vmctl/share_list.hpp"

#include "vmctl/private_file.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace vmctl {
namespace {

bool is_plain(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view("/._-").find(letter) != std::string_view::npos;
}

const char* mode_of(const config::share& share)
{
    return share.writable ? "rw" : "ro";
}

}  // namespace

std::string share_tag(std::size_t index)
{
    return "gangway-share-" + std::to_string(index);
}

std::string encoded_path(std::string_view path)
{
    std::string text;
    for (const char letter : path) {
        if (is_plain(letter)) {
            text += letter;
            continue;
        }
        const auto byte = static_cast<unsigned char>(letter);
        text += "\\0";
        for (const int shift : {6, 3, 0}) text += static_cast<char>('0' + (byte >> shift & 7));
    }
    return text;
}

// Nothing but "\\0NNN" and plain letters comes in.
std::string decoded_path(std::string_view text)
{
    std::string path;
    while (!text.empty()) {
        if (text.size() < 5 || !text.starts_with("\\0")) {
            path += text.front();
            text.remove_prefix(1);
            continue;
        }
        const auto digit = [&](std::size_t at) {
            return static_cast<unsigned>(text[at] - '0') & 7U;
        };
        path += static_cast<char>(digit(2) << 6 | digit(3) << 3 | digit(4));
        text.remove_prefix(5);
    }
    return path;
}

std::string encoded_shares(const std::vector<config::share>& shares)
{
    std::string text;
    for (const auto& share : shares) {
        if (!text.empty()) text += ' ';
        text += mode_of(share) + (' ' + encoded_path(share.path.string()));
    }
    return text;
}

std::vector<config::share> decoded_shares(std::string_view text)
{
    std::vector<config::share> shares;
    std::istringstream words{std::string(text)};
    std::string mode;
    std::string path;
    while (words >> mode >> path && (mode == "rw" || mode == "ro")) {
        shares.push_back(config::placed_in_guest({decoded_path(path), mode == "rw"}));
    }
    return shares;
}

std::string mount_table(
    const std::vector<config::share>& shares, const std::vector<share_alias>& aliases
)
{
    // One below another is mounted after it.
    std::vector<std::size_t> order(shares.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t index) {
        return shares[index].in_guest().generic_string().size();
    });
    std::string text;
    for (const auto index : order) {
        const auto& share = shares[index];
        text += share_tag(index) + ' ' + mode_of(share) + ' ' +
                encoded_path(share.in_guest().generic_string());
        text += '\n';
    }
    for (const auto& alias : aliases) {
        text += "bind " + encoded_path(alias.target.generic_string()) + ' ';
        text += encoded_path(alias.path.generic_string()) + '\n';
    }
    return text;
}

std::vector<share_alias> aliases_of(const std::vector<config::share>& shares)
{
    std::vector<share_alias> aliases;
    for (const auto& share : shares) {
        const auto refuse = [&](const std::string& why) {
            throw storage_error(
                "the directory " + share.path.string() + " cannot be shared: " + why +
                "; mend that, or take it out of the setting \"shares\""
            );
        };
        std::error_code error;
        const auto real = std::filesystem::canonical(share.path, error);
        if (error) refuse(error.message());
        if (!std::filesystem::is_directory(real, error)) refuse("it is not a directory");
        if (const auto why = obstacle_to_entering(real); !why.empty()) refuse(why);
        if (real != share.path && config::can_be_at_its_place(real) && share.elsewhere.empty())
            aliases.push_back({real, share.path});
    }
    return aliases;
}

}  // namespace vmctl
