// The table of lifecycle.hpp, row by row, and the races that matter.
#include "vmctl/lifecycle.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace vmctl {

// Names instead of numbers when a check fails.
static std::ostream& operator<<(std::ostream& out, vm_state state)
{
    return out << to_string(state);
}

static std::ostream& operator<<(std::ostream& out, vm_step step)
{
    switch (step) {
        case vm_step::none:
            return out << "none";
        case vm_step::start:
            return out << "start";
        case vm_step::stop:
            return out << "stop";
    }
    return out;
}

}  // namespace vmctl

namespace {

using namespace vmctl;

lifecycle in(vm_state state)
{
    lifecycle vm;
    switch (state) {
        case vm_state::absent:
            break;
        case vm_state::stopped:
            vm.found_off();
            break;
        case vm_state::booting:
            vm.start_requested();
            break;
        case vm_state::ready:
            vm.start_requested();
            vm.booted();
            break;
        case vm_state::stopping:
            vm.start_requested();
            vm.booted();
            vm.stop_requested();
            break;
        case vm_state::failed:
            vm.start_requested();
            vm.boot_failed("no image");
            vm.halted();
            break;
    }
    return vm;
}

struct row {
    std::string event;
    std::function<vm_step(lifecycle&)> happens;
    vm_state before;
    vm_step step;
    vm_state after;
};

const std::vector<vm_state> all_states = {
    vm_state::absent,
    vm_state::stopped,
    vm_state::booting,
    vm_state::ready,
    vm_state::stopping,
    vm_state::failed};

vm_step start(lifecycle& vm)
{
    return vm.start_requested();
}

vm_step stop(lifecycle& vm)
{
    return vm.stop_requested();
}

vm_step restart(lifecycle& vm)
{
    return vm.restart_requested();
}

vm_step booted(lifecycle& vm)
{
    vm.booted();
    return vm_step::none;
}

vm_step boot_failed(lifecycle& vm)
{
    return vm.boot_failed("the guest gave up");
}

vm_step died(lifecycle& vm)
{
    vm.died();
    return vm_step::none;
}

vm_step died_in_boot(lifecycle& vm)
{
    return vm.died_in_boot("it died");
}

vm_step halted(lifecycle& vm)
{
    return vm.halted();
}

vm_step halt_failed(lifecycle& vm)
{
    vm.halt_failed("libvirt is gone");
    return vm_step::none;
}

}  // namespace

TEST_CASE("the helper that brings a lifecycle into a state does so")
{
    for (const auto state : all_states) CHECK(in(state).state() == state);
}

TEST_CASE("every event does in every state what the table says")
{
    using enum vm_state;
    const auto none = vm_step::none;
    const std::vector<row> table = {
        {"start", start, absent, vm_step::start, booting},
        {"start", start, stopped, vm_step::start, booting},
        {"start", start, failed, vm_step::start, booting},
        {"start", start, booting, none, booting},
        {"start", start, ready, none, ready},
        {"start", start, stopping, none, stopping},
        {"booted", booted, absent, none, absent},
        {"booted", booted, stopped, none, stopped},
        {"booted", booted, failed, none, failed},
        {"booted", booted, booting, none, ready},
        {"booted", booted, ready, none, ready},
        {"booted", booted, stopping, none, stopping},
        {"boot_failed", boot_failed, absent, none, absent},
        {"boot_failed", boot_failed, stopped, none, stopped},
        {"boot_failed", boot_failed, failed, none, failed},
        {"boot_failed", boot_failed, booting, vm_step::stop, stopping},
        {"boot_failed", boot_failed, ready, none, ready},
        {"boot_failed", boot_failed, stopping, none, stopping},
        {"stop", stop, absent, none, absent},
        {"stop", stop, stopped, none, stopped},
        {"stop", stop, failed, vm_step::stop, stopping},
        {"stop", stop, booting, vm_step::stop, stopping},
        {"stop", stop, ready, vm_step::stop, stopping},
        {"stop", stop, stopping, none, stopping},
        {"restart", restart, absent, vm_step::start, booting},
        {"restart", restart, stopped, vm_step::start, booting},
        {"restart", restart, failed, vm_step::start, booting},
        {"restart", restart, booting, vm_step::stop, stopping},
        {"restart", restart, ready, vm_step::stop, stopping},
        {"restart", restart, stopping, none, stopping},
        {"died", died, absent, none, absent},
        {"died", died, stopped, none, stopped},
        {"died", died, failed, none, failed},
        {"died", died, booting, none, booting},
        {"died", died, ready, none, stopped},
        {"died", died, stopping, none, stopping},
        {"died_in_boot", died_in_boot, absent, none, absent},
        {"died_in_boot", died_in_boot, stopped, none, stopped},
        {"died_in_boot", died_in_boot, failed, none, failed},
        {"died_in_boot", died_in_boot, booting, vm_step::stop, stopping},
        {"died_in_boot", died_in_boot, ready, none, ready},
        {"died_in_boot", died_in_boot, stopping, none, stopping},
        {"halted", halted, absent, none, absent},
        {"halted", halted, stopped, none, stopped},
        {"halted", halted, failed, none, failed},
        {"halted", halted, booting, none, booting},
        {"halted", halted, ready, none, ready},
        {"halted", halted, stopping, none, stopped},
        {"halt_failed", halt_failed, absent, none, absent},
        {"halt_failed", halt_failed, stopped, none, stopped},
        {"halt_failed", halt_failed, failed, none, failed},
        {"halt_failed", halt_failed, booting, none, booting},
        {"halt_failed", halt_failed, ready, none, ready},
        {"halt_failed", halt_failed, stopping, none, failed},
    };
    CHECK(table.size() == 9 * all_states.size());
    for (const auto& row : table) {
        INFO(row.event << " while " << row.before);
        auto vm = in(row.before);
        CHECK(row.happens(vm) == row.step);
        CHECK(vm.state() == row.after);
    }
}

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
