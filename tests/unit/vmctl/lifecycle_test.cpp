// The races that matter, as stories.
#include "tests/unit/vmctl/lifecycle_states.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;
using vmctl_test::in;

TEST_CASE("a client that arrives while the VM goes down brings it back")
{
    auto vm = in(vm_state::stopping);
    vm.start_requested();
    CHECK(vm.halted() == vm_step::start);
    CHECK(vm.state() == vm_state::booting);
}

TEST_CASE("a stop that is repeated while a client waits for the VM to come back is final")
{
    auto vm = in(vm_state::stopping);
    vm.start_requested();
    vm.stop_requested();
    CHECK(vm.halted() == vm_step::none);
    CHECK(vm.state() == vm_state::stopped);
}

TEST_CASE("a restart goes through a complete stop")
{
    auto vm = in(vm_state::ready);
    CHECK(vm.restart_requested() == vm_step::stop);
    CHECK(vm.halted() == vm_step::start);
    vm.booted();
    CHECK(vm.state() == vm_state::ready);
}

TEST_CASE("a start that is stopped by request has not failed")
{
    auto vm = in(vm_state::booting);
    vm.stop_requested();
    CHECK(vm.boot_failed("it was in the middle of something") == vm_step::none);
    vm.halted();
    CHECK(vm.state() == vm_state::stopped);
    CHECK(vm.failure().empty());
}

TEST_CASE("a boot that ends after a stop was asked for does not make the VM ready")
{
    auto vm = in(vm_state::booting);
    vm.stop_requested();
    vm.booted();
    CHECK(vm.state() == vm_state::stopping);
}

TEST_CASE("a failed start leaves its reason, and the next request tries again without it")
{
    auto vm = in(vm_state::booting);
    vm.boot_failed("no image");
    vm.halted();
    CHECK(vm.state() == vm_state::failed);
    CHECK(vm.failure() == "no image");
    CHECK(vm.start_requested() == vm_step::start);
    CHECK(vm.failure().empty());
}

TEST_CASE("a stop after a failure leaves a stopped VM and no failure")
{
    auto vm = in(vm_state::failed);
    vm.stop_requested();
    vm.halted();
    CHECK(vm.state() == vm_state::stopped);
    CHECK(vm.failure().empty());
}

TEST_CASE("a client that arrives while a failed start is cleared away gets a new start")
{
    auto vm = in(vm_state::booting);
    vm.boot_failed("no image");
    vm.start_requested();
    CHECK(vm.halted() == vm_step::start);
}

TEST_CASE("why a start failed is not replaced by why its remains could not be cleared away")
{
    auto vm = in(vm_state::booting);
    vm.boot_failed("no image");
    vm.halt_failed("libvirt is gone");
    CHECK(vm.failure() == "no image");
}

TEST_CASE("a VM that could not be stopped does not come back by itself")
{
    auto vm = in(vm_state::ready);
    vm.restart_requested();
    vm.halt_failed("libvirt is gone");
    CHECK(vm.state() == vm_state::failed);
    CHECK(vm.failure() == "libvirt is gone");
    CHECK(vm.halted() == vm_step::none);
}

TEST_CASE("a VM that is found running is brought to ready like one that boots")
{
    lifecycle vm;
    CHECK(vm.found_running() == vm_step::start);
    CHECK(vm.state() == vm_state::booting);
}

TEST_CASE("what was found when the daemon came up does not count once something has happened")
{
    auto vm = in(vm_state::booting);
    CHECK(vm.found_running() == vm_step::none);
    vm.found_off();
    CHECK(vm.state() == vm_state::booting);
    vm.examination_failed("libvirt is gone");
    CHECK(vm.state() == vm_state::booting);
}

TEST_CASE("a first look that fails says why, and the next request tries again")
{
    lifecycle vm;
    vm.examination_failed("libvirt is not installed");
    CHECK(vm.state() == vm_state::failed);
    CHECK(vm.failure() == "libvirt is not installed");
    CHECK(vm.start_requested() == vm_step::start);
}

TEST_CASE("a VM that dies in its boot gets one more try, and then has failed")
{
    lifecycle vm;
    vm.start_requested();
    vm.died_in_boot("first");
    CHECK(vm.failure().empty());
    CHECK(vm.halted() == vm_step::start);
    CHECK(vm.died_in_boot("second") == vm_step::stop);
    CHECK(vm.failure() == "second");
    CHECK(vm.halted() == vm_step::none);
    CHECK(vm.state() == vm_state::failed);
    // The next client's start has both its tries again.
    vm.start_requested();
    vm.died_in_boot("third");
    CHECK(vm.halted() == vm_step::start);
    vm.booted();
    CHECK(vm.state() == vm_state::ready);
}
