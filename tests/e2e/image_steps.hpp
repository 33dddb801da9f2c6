// Steps of the story in vm_life_test.cpp: another image for the VM, good or not.
#pragma once

#include "tests/e2e/account.hpp"

#include <string>

namespace e2e {

// From an archive; returns what the command has printed. The VM is ready then, booted from it.
std::string upgrades(const account& user);

// One whose kernel is none: the former one is in its place again, and runs.
void an_image_that_does_not_start_is_taken_back(const account& user);

}  // namespace e2e
