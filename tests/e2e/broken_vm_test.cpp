// What goes wrong with a VM that runs: a client who needs it, and the death of QEMU or of the
// daemon, at each step on the way to being saved and back, a guest that panics, and an image for it
// that is none. The steps are told apart by the files that they make on the host.
#include "tests/e2e/account.hpp"
#include "tests/e2e/busybox.hpp"
#include "tests/e2e/disk_check.hpp"
#include "tests/e2e/image_steps.hpp"
#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/process.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

using test_support::eventually;
using test_support::process;
using namespace e2e;
namespace fs = std::filesystem;

namespace {

// On the way to being saved, and back, in this order.
enum class step { emptying, writing, packing, unpacking, reading, rousing };

const char* name_of(step where)
{
    switch (where) {
        case step::emptying:
            return "the guest gives back memory";
        case step::writing:
            return "libvirt writes the memory";
        case step::packing:
            return "the memory is packed";
        case step::unpacking:
            return "the memory is unpacked";
        case step::reading:
            return "QEMU reads the memory";
        case step::rousing:
            return "the guest mounts its shares";
    }
    return "";
}

bool is_at(const account& user, step where)
{
    const auto written = user.home() / "config/libvirt/qemu/save/gangway-default.save";
    const auto packed = user.state_dir() / "memory.zst";
    const bool is_packed = fs::exists(packed);
    const bool runs = !user.virtual_machines().empty();
    std::error_code none;
    const auto size = fs::file_size(written, none);
    constexpr std::uintmax_t beginning = 1 << 20;  // that stays of it when the rest is packed
    switch (where) {
        case step::emptying:
            return user.vm_state() == "dozing";
        case step::writing:
            return !none && runs;
        case step::packing:
            return fs::exists(packed.string() + ".partial");
        case step::unpacking:
            return is_packed && !runs && !none && size > beginning;
        case step::reading:
            return is_packed && runs;
        case step::rousing:
            return !is_packed && runs && user.vm_state() == "booting";
    }
    return false;
}

bool is_on_the_way_down(step where)
{
    return where < step::unpacking;
}

constexpr std::chrono::minutes step_patience{2};

void the_vm_goes_on(const account& user)
{
    CHECK(user.docker_text({"exec", "keeper", "cat", "/t/chest"}) == "gold");
    CHECK(user.vm_state() == "ready");
    CHECK(user.virtual_machines().size() == 1);
}

void another_has_its_data(const account& user)
{
    CHECK(
        user.docker_text({"run", "--rm", "-v", "treasure:/t", "busybox", "cat", "/t/chest"}) ==
        "gold"
    );
    CHECK(user.vm_state() == "ready");
    CHECK(user.virtual_machines().size() == 1);
}

// Brings the VM to `where`, on its way down or up.
std::unique_ptr<process> goes_to(const account& user, step where)
{
    if (!is_on_the_way_down(where)) {
        const auto asleep = user.gangway({"sleep"});
        CAPTURE(asleep.err);
        REQUIRE(asleep.exit_status == 0);
    }
    auto going = std::make_unique<process>(test_support::process_options{
        .arguments =
            {shared_premises().gangway().string(), is_on_the_way_down(where) ? "sleep" : "wake"},
        .environment = user.environment()});
    REQUIRE(eventually([&] { return is_at(user, where); }, step_patience));
    return going;
}

void a_client_calls_saving_off(const account& user)
{
    for (const auto where : {step::emptying, step::writing, step::packing}) {
        const std::string at = name_of(where);
        CAPTURE(at);
        const auto machine = user.virtual_machines();
        const auto sleeping = goes_to(user, where);
        CHECK(user.docker_text({"exec", "keeper", "echo", "here"}) == "here");
        CHECK(user.vm_state() == "ready");
        const auto slept = sleeping->finish(boot_patience);
        CAPTURE(slept.err);
        // Once the memory is written it is too late, and the client has it read again.
        if (where == step::emptying) CHECK(slept.exit_status == 1);
        if (where == step::packing) CHECK(slept.exit_status == 0);
        if (slept.exit_status == 0) continue;
        CHECK(slept.err.find("called off for docker (pid ") != std::string::npos);
        CHECK(user.virtual_machines() == machine);
    }
}

void a_daemon_that_dies_on_the_way_loses_nothing(account& user)
{
    for (const auto where :
         {step::emptying,
          step::writing,
          step::packing,
          step::unpacking,
          step::reading,
          step::rousing}) {
        const std::string at = name_of(where);
        CAPTURE(at);
        const auto going = goes_to(user, where);
        user.kill_daemon();
        going->finish(boot_patience);
        user.start_daemon();
        the_vm_goes_on(user);
    }
}

// While memory is packed and unpacked there is no QEMU.
void a_vm_that_dies_on_the_way_loses_no_data(const account& user)
{
    for (const auto where : {step::emptying, step::writing, step::reading, step::rousing}) {
        const std::string at = name_of(where);
        CAPTURE(at);
        const auto going = goes_to(user, where);
        const auto machine = user.virtual_machines();
        REQUIRE(machine.size() == 1);
        REQUIRE(::kill(machine.front(), SIGKILL) == 0);
        another_has_its_data(user);
        going->finish(boot_patience);
    }
}

// The kernel restarts, which ends the VM; the next call starts it.
void a_guest_that_panics_comes_back(const account& user)
{
    const auto machine = user.virtual_machines();
    user.gangway({"ssh", "sudo sh -c 'sync; echo c >/proc/sysrq-trigger'"});
    another_has_its_data(user);
    REQUIRE(user.virtual_machines().size() == 1);
    CHECK(user.virtual_machines() != machine);
    CHECK(user.vm().at("stopped_by").get<std::string>().starts_with("Kernel panic - not syncing"));
}

}  // namespace

TEST_CASE(
    "a VM that is called back, or dies, on its way to sleep or anywhere, loses nothing", "[long]"
)
{
    account user;
    user.install_image();
    user.start_daemon();
    import_busybox(user);
    user.docker_text(
        {"run",
         "-d",
         "--stop-signal=KILL",
         "--name",
         "keeper",
         "-v",
         "treasure:/t",
         "busybox",
         "sh",
         "-c",
         "echo gold >/t/chest && sync && sleep 100000"}
    );
    a_client_calls_saving_off(user);
    a_daemon_that_dies_on_the_way_loses_nothing(user);
    a_vm_that_dies_on_the_way_loses_no_data(user);
    a_guest_that_panics_comes_back(user);
    CHECK(user.gangway({"down"}).exit_status == 0);
    the_disk_is_clean(user);
    upgrades(user);
    an_image_that_does_not_start_is_taken_back(user);
    CHECK(user.stop_daemon() == 0);
}
