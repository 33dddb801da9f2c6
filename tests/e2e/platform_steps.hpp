// Step of the story that is told in clients_test.cpp: images of other processors, on a VM that runs
// and has an image `busybox`.
#pragma once

#include "tests/e2e/account.hpp"

namespace e2e {

void programs_of_another_processor_run(const account& user);

}  // namespace e2e
