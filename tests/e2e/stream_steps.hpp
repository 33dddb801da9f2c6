// Steps of the story that is told in sleep_test.cpp: clients that watch, and see one answer
// whatever happens to the VM, which has an image `busybox`.
#pragma once

#include "tests/e2e/account.hpp"
#include "tests/support/process.hpp"
#include "tests/support/raw_client.hpp"

#include <cstddef>

namespace e2e {

// `counter`, and `terminal`, which has one: lines with numbers, five a second.
void containers_that_count_run(const account& user);

class watchers {
public:
    explicit watchers(const account& user);

    void see_what_is_before(const account& user);

    // The VM has slept since; it is woken.
    void see_what_is_after(const account& user);

    void end_with_their_containers(const account& user);

    // The VM has died since, and was started anew.
    void outlive_the_machine(const account& user);

private:
    test_support::process events_;
    test_support::process log_;
    test_support::process terminal_;
    test_support::raw_client stats_;
};

}  // namespace e2e
