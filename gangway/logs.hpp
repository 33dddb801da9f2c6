// Prints the logs: the daemon's, and the guest's serial console.
#pragma once

#include "gangway/control_client.hpp"

namespace gangway {

// The last lines of the daemon's log; with `follow`, every new one until the daemon ends.
void show_log(const control_client& daemon, bool follow);

// What the guest has written to its serial console since it was last powered on; with `follow`,
// every new byte, through restarts of the VM, until interrupted.
void show_serial_log(const control_client& daemon, bool follow);

}  // namespace gangway
