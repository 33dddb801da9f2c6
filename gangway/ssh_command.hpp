// How the guest's shell is reached: from the daemon's status to OpenSSH's command line. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gangway {

// The whole command line, beginning with "ssh". `status` is the daemon's object as text;
// `arguments` follow the destination untouched, where ssh still takes options. Throws failure when
// there is no VM to reach, with what to do about it.
std::vector<std::string> ssh_command(
    std::string_view status, const std::vector<std::string>& arguments
);

}  // namespace gangway
