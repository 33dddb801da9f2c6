// What the doctor tells to type, where that depends on the machine. One source file a platform.
#pragma once

#include <cstdint>
#include <string>

namespace gangway {

// Where a docker client goes that nothing else has been said to.
std::string usual_docker_host();

// Points this shell at us: "in this shell …".
std::string advice_for_this_shell();

// Keeps others from reading `files`, which are one or more, with blanks between them.
std::string advice_to_hide(const std::string& files);

// Sets the clock, and shows it.
std::string command_to_set_clock();
std::string command_to_show_clock();

// Shows who has a TCP port.
std::string command_to_show_owner(std::uint16_t port);

}  // namespace gangway
