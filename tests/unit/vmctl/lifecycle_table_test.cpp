// The tables of lifecycle.hpp, row by row.
#include "tests/unit/vmctl/lifecycle_states.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

using namespace vmctl;
using vmctl_test::in;

namespace {

struct row {
    std::string event;
    vm_state before;
    vm_step step;
    vm_state after;
};

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
    return vm.died();
}

vm_step to_pause(lifecycle& vm)
{
    return vm.sleep_requested(sleep_depth::paused);
}

vm_step to_save(lifecycle& vm)
{
    return vm.sleep_requested(sleep_depth::saved);
}

vm_step fell_asleep(lifecycle& vm)
{
    return vm.fell_asleep(sleep_depth::saved);
}

vm_step stayed_up(lifecycle& vm)
{
    vm.stayed_up();
    return vm_step::none;
}

vm_step was_paused(lifecycle& vm)
{
    vm.was_paused();
    return vm_step::none;
}

vm_step woke(lifecycle& vm)
{
    vm.woke();
    return vm_step::none;
}

vm_step stayed_paused(lifecycle& vm)
{
    vm.stayed_paused();
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

vm_step removed(lifecycle& vm)
{
    const bool gone = vm.removed();
    CHECK(gone == (vm.state() == vm_state::absent));
    return vm_step::none;
}

vm_step halt_failed(lifecycle& vm)
{
    vm.halt_failed("libvirt is gone");
    return vm_step::none;
}

}  // namespace

TEST_CASE("the helper that brings a lifecycle into a state does so")
{
    for (const auto state : all_vm_states) CHECK(in(state).state() == state);
}

TEST_CASE("every event does in every state what the table says, and nothing elsewhere")
{
    using enum vm_state;
    const auto none = vm_step::none;
    const std::map<std::string, std::function<vm_step(lifecycle&)>> events = {
        {"start", start},
        {"booted", booted},
        {"boot_failed", boot_failed},
        {"stop", stop},
        {"restart", restart},
        {"died", died},
        {"died_in_boot", died_in_boot},
        {"halted", halted},
        {"halt_failed", halt_failed},
        {"removed", removed},
        {"pause", to_pause},
        {"save", to_save},
        {"fell_asleep", fell_asleep},
        {"stayed_up", stayed_up},
        {"was_paused", was_paused},
        {"woke", woke},
        {"stayed_paused", stayed_paused},
    };
    const std::vector<row> table = {
        {"start", absent, vm_step::start, booting},
        {"start", stopped, vm_step::start, booting},
        {"start", failed, vm_step::start, booting},
        {"start", paused, vm_step::wake, waking},
        {"start", saved, vm_step::start, booting},
        {"booted", booting, none, ready},
        {"boot_failed", booting, vm_step::stop, stopping},
        {"stop", failed, vm_step::stop, stopping},
        {"stop", booting, vm_step::stop, stopping},
        {"stop", ready, vm_step::stop, stopping},
        {"stop", dozing, vm_step::stop, stopping},
        {"stop", paused, vm_step::stop, stopping},
        {"stop", saved, vm_step::stop, stopping},
        {"stop", waking, vm_step::stop, stopping},
        {"restart", absent, vm_step::start, booting},
        {"restart", stopped, vm_step::start, booting},
        {"restart", failed, vm_step::start, booting},
        {"restart", booting, vm_step::stop, stopping},
        {"restart", ready, vm_step::stop, stopping},
        {"restart", dozing, vm_step::stop, stopping},
        {"restart", paused, vm_step::stop, stopping},
        {"restart", saved, vm_step::stop, stopping},
        {"restart", waking, vm_step::stop, stopping},
        {"died", ready, none, stopped},
        {"died", dozing, none, stopped},
        {"died", paused, none, stopped},
        {"died", waking, vm_step::start, booting},
        {"died_in_boot", booting, vm_step::stop, stopping},
        {"halted", stopping, none, stopped},
        {"halt_failed", stopping, none, failed},
        {"removed", absent, none, absent},
        {"removed", stopped, none, absent},
        {"removed", failed, none, absent},
        {"pause", ready, vm_step::doze, dozing},
        {"save", ready, vm_step::doze, dozing},
        {"save", paused, vm_step::doze, dozing},
        {"fell_asleep", dozing, none, saved},
        {"stayed_up", dozing, none, ready},
        {"was_paused", ready, none, paused},
        {"woke", waking, none, ready},
        {"stayed_paused", waking, none, paused},
    };
    std::size_t found = 0;
    for (const auto& [name, happens] : events) {
        for (const auto before : all_vm_states) {
            INFO(name << " while " << before);
            row expected{name, before, none, before};
            for (const auto& each : table) {
                if (each.event != name || each.before != before) continue;
                expected = each;
                ++found;
            }
            auto vm = in(before);
            CHECK(happens(vm) == expected.step);
            CHECK(vm.state() == expected.after);
        }
    }
    CHECK(found == table.size());
}

TEST_CASE("a client that arrives while the VM goes to sleep wakes it")
{
    auto vm = in(vm_state::dozing);
    vm.start_requested();
    SECTION("from its file")
    {
        CHECK(vm.fell_asleep(sleep_depth::saved) == vm_step::start);
        CHECK(vm.state() == vm_state::booting);
    }
    SECTION("from its pause")
    {
        CHECK(vm.fell_asleep(sleep_depth::paused) == vm_step::wake);
        CHECK(vm.state() == vm_state::waking);
    }
    SECTION("or finds it awake")
    {
        vm.stayed_up();
        CHECK(vm.state() == vm_state::ready);
        // That it was waited for is over.
        vm.sleep_requested(sleep_depth::saved);
        CHECK(vm.fell_asleep(sleep_depth::saved) == vm_step::none);
    }
    SECTION("or starts it, when it has died on the way")
    {
        CHECK(vm.died() == vm_step::start);
        CHECK(vm.state() == vm_state::booting);
    }
}

TEST_CASE("a stop on the way to sleep counts more than who waits to wake it")
{
    auto vm = in(vm_state::dozing);
    vm.start_requested();
    CHECK(vm.stop_requested() == vm_step::stop);
    CHECK(vm.fell_asleep(sleep_depth::saved) == vm_step::none);
    CHECK(vm.halted() == vm_step::none);
    CHECK(vm.state() == vm_state::stopped);
}
