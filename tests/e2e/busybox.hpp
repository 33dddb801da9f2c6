// An image for containers, since no registry may be reachable.
#pragma once

#include "tests/e2e/account.hpp"

namespace e2e {

// Debian's static busybox as `busybox:latest`; may start the VM.
void import_busybox(const account& user);

}  // namespace e2e
