// The list of shares as the guest's boot and the domain's metadata have it. Pure, but for
// aliases_of().
#pragma once

#include "config/share.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

// The name under which the guest finds a share's device.
std::string share_tag(std::size_t index);

// For a shell's `printf %b`, without blanks, quotes and newlines: all but letters, digits and
// "/._-" as \0 and three octal digits.
std::string encoded_path(std::string_view path);

// Of what encoded_path() has made.
std::string decoded_path(std::string_view text);

// "rw PATH ro PATH …", encoded.
std::string encoded_shares(const std::vector<config::share>& shares);

// What encoded_shares() has made; stops at what it cannot have made.
std::vector<config::share> decoded_shares(std::string_view text);

// A path under which a share is seen, too, since on the host a symbolic link leads from one to the
// other.
struct share_alias {
    std::filesystem::path path;
    std::filesystem::path target;  // the share's own
    bool operator==(const share_alias&) const = default;
};

// The file that tells the guest what to mount where, in this order: lines "TAG rw|ro PATH" and
// "bind TARGET PATH", encoded.
std::string mount_table(
    const std::vector<config::share>& shares, const std::vector<share_alias>& aliases
);

// Where symbolic links lead to from each share. Blocking. Throws storage_error, a sentence for the
// user, when a share is not a directory that can be entered.
std::vector<share_alias> aliases_of(const std::vector<config::share>& shares);

}  // namespace vmctl
