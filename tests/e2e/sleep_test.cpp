// A VM that sleeps and is woken, told once because each start of it is expensive: three boots.
#include "tests/e2e/account.hpp"
#include "tests/e2e/busybox.hpp"
#include "tests/e2e/command_steps.hpp"
#include "tests/e2e/host_ports.hpp"
#include "tests/e2e/polling_steps.hpp"
#include "tests/e2e/stream_steps.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <sstream>

using namespace e2e;
using test_support::eventually;
namespace fs = std::filesystem;

namespace {

fs::path shared_directory(const account& user)
{
    return user.home() / "work";
}

// Of the VM, which is woken, or started, for that.
std::string boot_of(const account& user)
{
    CHECK(user.gangway({"wake"}).exit_status == 0);
    const auto told = user.gangway({"ssh", "cat /proc/sys/kernel/random/boot_id"});
    CAPTURE(told.err);
    CHECK(told.exit_status == 0);
    return told.out;
}

std::string file_seen_by_a_container(const account& user)
{
    const auto mount = shared_directory(user).string() + ":/work";
    return user.docker_text({"run", "--rm", "-v", mount, "busybox", "cat", "/work/book"});
}

// Generous: whoever forgot to set the clock is late by the whole sleep.
bool clock_is_right(const account& user)
{
    const auto there = std::stoll(user.docker_text({"exec", "keeper", "date", "+%s"}));
    return std::llabs(there - static_cast<long long>(std::time(nullptr))) <= 20;
}

void falls_asleep(const account& user, const std::string& how, const std::string& state)
{
    const auto asleep = user.gangway({"sleep", how});
    CAPTURE(asleep.out, asleep.err);
    CHECK(asleep.exit_status == 0);
    CHECK(user.vm_state() == state);
}

// What is in memory alone.
void the_container_has_not_noticed(const account& user)
{
    CHECK(user.docker_text({"exec", "keeper", "cat", "/dev/shm/thought"}) == "a thought");
    CHECK(user.docker_text({"inspect", "-f", "{{.State.Running}}", "keeper"}) == "true");
}

void a_pause_keeps_everything(const account& user)
{
    const auto boot = boot_of(user);
    const auto machine = user.virtual_machines();
    falls_asleep(user, "--pause", "paused");
    CHECK(user.virtual_machines() == machine);
    the_container_has_not_noticed(user);
    CHECK(user.virtual_machines() == machine);
    CHECK(user.vm_state() == "ready");
    CHECK(boot_of(user) == boot);
    CHECK(clock_is_right(user));
}

void ssh_wakes_it_and_keeps_it_awake(const account& user)
{
    falls_asleep(user, "--pause", "paused");
    CHECK(user.gangway({"ssh", "exit 7"}).exit_status == 7);
    // Its share of the VM's time ends with it.
    CHECK(eventually([&] { return user.vm().at("leases").at("active") == 0; }));
    CHECK(user.vm_state() == "ready");
}

void who_holds_a_share_stays_awake(const account& user)
{
    const auto mount = shared_directory(user).string() + ":/work";
    user.docker_text({"run", "-d", "--name", "reader", "-v", mount, "busybox", "sleep", "100000"});
    const auto refused = user.gangway({"sleep"});
    CAPTURE(refused.err);
    CHECK(refused.exit_status == 1);
    CHECK(refused.err.find(" is mounted in the container ") != std::string::npos);
    CHECK(user.vm_state() == "ready");
    CHECK(user.docker_text({"exec", "reader", "cat", "/work/book"}) == "text");
    CHECK(file_seen_by_a_container(user) == "text");
    user.docker_text({"rm", "-f", "reader"});
}

std::int64_t holds(const account& user, const char* what)
{
    return user.vm().at("holds").at(what).get<std::int64_t>();
}

// GiB, as the guest sees it.
std::int64_t disk_size(const account& user)
{
    const auto told = user.gangway({"ssh", "df -P -k /var/lib/docker | tail -n 1"});
    CAPTURE(told.out, told.err);
    CHECK(told.exit_status == 0);
    std::istringstream words(told.out);
    std::string device;
    std::int64_t size = 0;
    words >> device >> size;
    return size >> 20;
}

// What was deleted in the guest is free on the host when it sleeps.
void asleep_it_holds_no_memory_and_no_disk_in_vain(const account& user)
{
    constexpr std::int64_t half = 32 << 20;
    user.docker_text(
        {"run",
         "--rm",
         "-v",
         "big:/b",
         "busybox",
         "sh",
         "-c",
         "dd if=/dev/urandom of=/b/b bs=1M count=64 && sync"}
    );
    CHECK(disk_size(user) < 64);
    const auto full = holds(user, "disk");
    CHECK(holds(user, "memory") > half);
    user.docker_text({"volume", "rm", "big"});
    falls_asleep(user, "--save", "saved");
    CHECK(holds(user, "memory") == 0);
    CHECK(holds(user, "saved") > half);
    CHECK(holds(user, "disk") < full - half);
}

void saved_it_runs_nowhere_and_goes_on_where_it_was(const account& user)
{
    const auto boot = boot_of(user);
    falls_asleep(user, "--save", "saved");
    CHECK(user.virtual_machines().empty());
    // What has changed on the host meanwhile is what a container sees.
    test_support::write_file(shared_directory(user) / "book", "a new chapter");
    the_container_has_not_noticed(user);
    CHECK(boot_of(user) == boot);
    CHECK(clock_is_right(user));
    CHECK(file_seen_by_a_container(user) == "a new chapter");
    CHECK(user.vm().at("timeline").front().at("stage") == "restore");
    const auto why = user.gangway({"why"}).out;
    CAPTURE(why);
    CHECK(why.find("1 container runs") != std::string::npos);
    CHECK(why.find("saved in ") != std::string::npos);
}

void who_connects_to_a_container_wakes_it(const account& user, const std::string& port)
{
    for (const std::string depth : {"pause", "save"}) {
        CAPTURE(depth);
        falls_asleep(user, "--" + depth, depth == "save" ? "saved" : "paused");
        CHECK(is_open(port));
        CHECK(eventually([&] { return page_at(port) == "page\n"; }, std::chrono::minutes(2)));
        CHECK(user.vm_state() == "ready");
        const auto why = user.gangway({"why"}).out;
        CAPTURE(why);
        CHECK(why.find("a connection to tcp4 127.0.0.1:" + port) != std::string::npos);
    }
}

void a_daemon_that_was_killed_finds_it_as_it_is(account& user, const std::string& port)
{
    const auto boot = boot_of(user);
    for (const std::string state : {"ready", "paused", "saved"}) {
        CAPTURE(state);
        if (state == "saved") {
            its_daemon_is_started_anew_while_it_is_saved(user, port);
        } else {
            if (state == "paused") falls_asleep(user, "--pause", state);
            const auto machine = user.virtual_machines();
            CHECK(machine.size() == 1);
            user.kill_daemon();
            user.start_daemon();
            CHECK(user.virtual_machines() == machine);
        }
        the_container_has_not_noticed(user);
        CHECK(boot_of(user) == boot);
        CHECK(file_seen_by_a_container(user) == "a new chapter");
    }
}

void killed_in_its_sleep_it_is_started_anew(const account& user)
{
    containers_that_count_run(user);
    watchers before(user);
    before.see_what_is_before(user);
    falls_asleep(user, "--save", "saved");
    // They do not wake it.
    CHECK(user.virtual_machines().empty());
    before.see_what_is_after(user);
    before.end_with_their_containers(user);
    const auto boot = boot_of(user);
    falls_asleep(user, "--pause", "paused");
    const auto machine = user.virtual_machines();
    REQUIRE(machine.size() == 1);
    REQUIRE(::kill(machine.front(), SIGKILL) == 0);
    CHECK(user.docker_text({"inspect", "-f", "{{.State.Running}}", "keeper"}) == "false");
    CHECK(boot_of(user) != boot);
    before.outlive_the_machine(user);
    CHECK(file_seen_by_a_container(user) == "a new chapter");
}

void left_alone_it_sleeps_by_itself(account& user)
{
    const auto boot = boot_of(user);
    CHECK(user.stop_daemon() == 0);
    user.configure({
        {"shares", {shared_directory(user)}},
        {"sleep", {{"pause_after", "1s"}, {"save_after", "4s"}}},
    });
    user.start_daemon();
    CHECK(boot_of(user) == boot);
    CHECK(eventually([&] { return user.vm_state() == "paused"; }));
    CHECK(eventually([&] { return user.vm_state() == "saved"; }, std::chrono::minutes(2)));
    CHECK(user.virtual_machines().empty());
    CHECK(boot_of(user) == boot);
}

// What was saved of another machine is not used. Nobody waits for the boot that has to follow, and
// the disk has grown meanwhile.
void a_new_image_is_booted_before_anybody_asks(account& user)
{
    const auto boot = boot_of(user);
    falls_asleep(user, "--save", "saved");
    CHECK(user.stop_daemon() == 0);
    user.configure({
        {"shares", {shared_directory(user)}},
        {"vm", {{"memory", "1GiB"}, {"disk", "96GiB"}}},
    });
    user.start_daemon();
    CHECK(user.vm_state() == "saved");
    auto manifest = user.real_manifest();
    manifest["remark"] = "newer";
    fs::remove(user.image_dir());
    user.install_image(manifest);
    CHECK(eventually([&] { return user.vm_state() == "booting"; }, std::chrono::minutes(1)));
    CHECK(eventually([&] { return user.vm_state() == "saved"; }, boot_patience));
    CHECK(user.vm().at("sleep").at("history").back().at("why") == "the new image");
    CHECK(boot_of(user) != boot);
    CHECK(user.vm().at("timeline").front().at("stage") == "restore");
    CHECK(disk_size(user) > 90);
    CHECK(
        user.gangway({"logs"}).out.find("discarded: its settings or its image have changed") !=
        std::string::npos
    );
    CHECK(file_seen_by_a_container(user) == "a new chapter");
}

void deleted_in_its_sleep_it_is_gone(const account& user)
{
    const auto port = free_port();
    user.docker_text({"run", "-d", "-p", "127.0.0.1:" + port + ":80", "busybox", "sleep", "100000"}
    );
    falls_asleep(user, "--save", "saved");
    deleted_in_its_sleep_it_leaves_nothing(user, port);
}

}  // namespace

TEST_CASE("a VM sleeps and wakes, and nobody notices")
{
    account user;
    user.install_image();
    fs::create_directory(shared_directory(user));
    test_support::write_file(shared_directory(user) / "book", "text");
    user.configure({{"shares", {shared_directory(user)}}});
    user.start_daemon();
    import_busybox(user);
    const auto port = free_port();
    user.docker_text(
        {"run",
         "-d",
         "--stop-signal=KILL",
         "--name",
         "keeper",
         "-p",
         "127.0.0.1:" + port + ":80",
         "busybox",
         "sh",
         "-c",
         "echo a thought >/dev/shm/thought; mkdir -p /w; echo page >/w/index.html; "
         "httpd -p 80 -h /w; sleep 100000"}
    );
    a_pause_keeps_everything(user);
    ssh_wakes_it_and_keeps_it_awake(user);
    who_holds_a_share_stays_awake(user);
    asleep_it_holds_no_memory_and_no_disk_in_vain(user);
    saved_it_runs_nowhere_and_goes_on_where_it_was(user);
    who_only_looks_leaves_it_asleep(user);
    the_container_has_not_noticed(user);
    who_connects_to_a_container_wakes_it(user, port);
    a_daemon_that_was_killed_finds_it_as_it_is(user, port);
    killed_in_its_sleep_it_is_started_anew(user);
    left_alone_it_sleeps_by_itself(user);
    a_new_image_is_booted_before_anybody_asks(user);
    deleted_in_its_sleep_it_is_gone(user);
    CHECK(user.stop_daemon() == 0);
}
