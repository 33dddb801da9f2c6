// What the data disk holds for boot2docker, which knows nothing of us: what its profile reads of
// ours before the engine starts, and the programs that are run in it. Pure.
#pragma once

#include "vmctl/engine_settings.hpp"
#include "vmctl/guest_seed.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

// Where they are in the guest.
inline constexpr std::string_view boot2docker_programs = "/var/lib/boot2docker/gangway/";

// The line of boot2docker's `profile` by which all of it comes into force. The profile is the
// user's, and nothing else in it is touched.
inline constexpr std::string_view boot2docker_profile_line =
    "[ ! -f /var/lib/boot2docker/gangway/boot2docker ] || . "
    "/var/lib/boot2docker/gangway/boot2docker\n";

// Completes the seed of an appliance's disk. In the `profile` the line comes last, so that it has
// the last word; one that is on the disk without it gets it.
//
// Sourced by /etc/init.d/docker, `boot2docker` mounts the shares before dockerd starts, and keeps
// it from starting when that fails. It prints the stages disk, network and shares of boot_log.hpp.
void add_boot2docker_files(std::vector<seed_file>& files, const guest_settings& settings);

// `text` as one word of a shell.
std::string shell_quoted(std::string_view text);

}  // namespace vmctl
