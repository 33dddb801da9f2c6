// A tar archive of small texts (POSIX.1-2017, pax, "ustar Interchange Format"). Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gangway {

struct archive_member {
    std::string name;  // at most 100 bytes
    std::string text;
};

// The members with mode 0600 and nobody's name, last changed at `time`.
std::string ustar(const std::vector<archive_member>& members, std::chrono::sys_seconds time);

}  // namespace gangway
