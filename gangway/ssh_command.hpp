// How the guest's shell and files are reached: from the daemon's status to OpenSSH's command line.
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gangway {

struct ssh_call {
    std::vector<std::string> command_line;  // beginning with the program
    std::uint16_t port = 0;                 // of 127.0.0.1, where it leads
};

// Whether there is a VM that runs or sleeps, else ssh_command() says why not. Throws failure.
bool is_there(std::string_view status);

// The call that logs in. `status` is the daemon's object as text;
// `arguments` follow the destination untouched, where ssh still takes options. Throws failure when
// there is no VM to reach, with what to do about it.
ssh_call ssh_command(std::string_view status, const std::vector<std::string>& arguments);

// Throws failure with exit_status::usage when neither end of a copy is in the guest.
void check_copy(const std::vector<std::string>& arguments);

// The call that copies: scp's own arguments, where "vm:PATH" is in the guest. Throws as
// ssh_command() does.
ssh_call scp_command(std::string_view status, const std::vector<std::string>& arguments);

}  // namespace gangway
