// The VM's data disk, looked at from outside.
#pragma once

#include "tests/e2e/account.hpp"

namespace e2e {

// Checks that its file system was ended in order. The VM must be off.
void the_disk_is_clean(const account& user);

}  // namespace e2e
