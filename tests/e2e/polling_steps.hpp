// Who asks a VM again and again, and does not wake it. In each, a container "keeper" runs.
#pragma once

#include "tests/e2e/account.hpp"

#include <string>

namespace e2e {

// The VM runs, before and afterwards.
void who_only_looks_leaves_it_asleep(const account& user);

// The same, with the container's published port, which wakes it in the end.
void its_daemon_is_started_anew_while_it_is_saved(account& user, const std::string& port);

}  // namespace e2e
