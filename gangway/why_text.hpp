// Why the VM is awake, and what its life has been, in words for a person. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace gangway {

// From the daemon's status (docs/control-api.md), newest first. `now` tells how long ago things
// happened. Throws failure, also when there is no VM.
std::string why_text(std::string_view status, std::chrono::sys_seconds now);

}  // namespace gangway
