// The table of lifecycle.hpp, row by row, and the races that matter.
#include "vmctl/lifecycle.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <map>
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
        case vm_step::doze:
            return out << "doze";
        case vm_step::wake:
            return out << "wake";
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
        case vm_state::dozing:
            vm.start_requested();
            vm.booted();
            vm.sleep_requested(vm_sleep::saved);
            break;
        case vm_state::paused:
            vm.start_requested();
            vm.booted();
            vm.sleep_requested(vm_sleep::paused);
            vm.fell_asleep(vm_sleep::paused);
            break;
        case vm_state::saved:
            vm.found_saved();
            break;
        case vm_state::waking:
            vm.start_requested();
            vm.booted();
            vm.was_paused();
            vm.start_requested();
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
    vm_state before;
    vm_step step;
    vm_state after;
};

const std::vector<vm_state> all_states = {
    vm_state::absent,
    vm_state::stopped,
    vm_state::booting,
    vm_state::ready,
    vm_state::dozing,
    vm_state::paused,
    vm_state::saved,
    vm_state::waking,
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
    return vm.died();
}

vm_step to_pause(lifecycle& vm)
{
    return vm.sleep_requested(vm_sleep::paused);
}

vm_step to_save(lifecycle& vm)
{
    return vm.sleep_requested(vm_sleep::saved);
}

vm_step fell_asleep(lifecycle& vm)
{
    return vm.fell_asleep(vm_sleep::saved);
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
        for (const auto before : all_states) {
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
        CHECK(vm.fell_asleep(vm_sleep::saved) == vm_step::start);
        CHECK(vm.state() == vm_state::booting);
    }
    SECTION("from its pause")
    {
        CHECK(vm.fell_asleep(vm_sleep::paused) == vm_step::wake);
        CHECK(vm.state() == vm_state::waking);
    }
    SECTION("or finds it awake")
    {
        vm.stayed_up();
        CHECK(vm.state() == vm_state::ready);
        // That it was waited for is over.
        vm.sleep_requested(vm_sleep::saved);
        CHECK(vm.fell_asleep(vm_sleep::saved) == vm_step::none);
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
    CHECK(vm.fell_asleep(vm_sleep::saved) == vm_step::none);
    CHECK(vm.halted() == vm_step::none);
    CHECK(vm.state() == vm_state::stopped);
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
