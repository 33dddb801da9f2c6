// Steps of the stories that are told in vm_life_test.cpp and sleep_test.cpp: what `gangway` does
// besides switching the VM, on one that has an image `busybox` and a container `web` with a
// published port.
#pragma once

#include "tests/e2e/account.hpp"

#include <string>

namespace e2e {

void commands_tell_of_the_vm(const account& user);
void its_disk_grows_while_it_is_used(const account& user);
void files_are_copied_in_and_out(const account& user);

// Clients that are told nothing but what `gangway context` and `gangway env` have set up.
void clients_find_the_engine(const account& user);

// One that sleeps, saved, with a container whose `port` is open.
void deleted_in_its_sleep_it_leaves_nothing(const account& user, const std::string& port);

}  // namespace e2e
