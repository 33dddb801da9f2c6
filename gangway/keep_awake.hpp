// Keeps the VM awake for what this process becomes. One source file a platform.
#pragma once

#include "gangway/control_client.hpp"

namespace gangway {

// Wakes the VM if it sleeps, and returns when it is awake; it stays so until this process ends,
// also as another program. Throws failure.
void keep_awake(const control_client& daemon);

}  // namespace gangway
