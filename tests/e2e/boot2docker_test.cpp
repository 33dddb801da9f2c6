// The VM of a boot2docker.iso, played by a stand-in (tests/boot2docker): no guest agent, a console.
// Two boots.
#include "tests/e2e/account.hpp"
#include "tests/e2e/busybox.hpp"
#include "tests/e2e/host_ports.hpp"
#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <ctime>

using namespace e2e;
using test_support::eventually;
namespace fs = std::filesystem;

namespace {

fs::path shared_directory(const account& user)
{
    return user.home() / "work";
}

nlohmann::json settings_for(const account& user)
{
    auto digest = test_support::read_file(shared_premises().boot2docker().string() + ".sha256");
    digest.resize(64);
    return {
        {"shares", {shared_directory(user)}},
        {"vm",
         {{"boot2docker",
           {{"iso", shared_premises().boot2docker().string()}, {"sha256", digest}}}}}};
}

std::string in_the_guest(const account& user, const std::string& command)
{
    const auto told = user.gangway({"ssh", command});
    CAPTURE(command, told.err);
    CHECK(told.exit_status == 0);
    return told.out;
}

std::string boot_of(const account& user)
{
    CHECK(user.gangway({"wake"}).exit_status == 0);
    return in_the_guest(user, "cat /proc/sys/kernel/random/boot_id");
}

std::string book_in_a_container(const account& user)
{
    const auto mount = shared_directory(user).string() + ":/work";
    return user.docker_text({"run", "--rm", "-v", mount, "busybox", "cat", "/work/book"});
}

void it_is_not_our_own_image(const account& user)
{
    CHECK(in_the_guest(user, ". /etc/os-release; echo $ID") == "boot2docker\n");
    CHECK(in_the_guest(user, "ls -d /usr/lib/gangway 2>/dev/null | wc -l") == "0\n");
    CHECK(in_the_guest(user, "grep -ls qemu-ga /proc/[0-9]*/comm | wc -l") == "0\n");
    // Of the six keys and certificates of its own it has made none.
    CHECK(
        in_the_guest(user, "sudo ls /var/lib/boot2docker/tls") ==
        "ca.pem\nca.srl\nserver.pem\nserverkey.pem\n"
    );
}

// Generous: whoever forgot to set the clock is late by all the time that it was wrong.
void the_clock_is_right_again(const account& user)
{
    const auto there = std::stoll(user.docker_text({"exec", "keeper", "date", "+%s"}));
    CHECK(std::llabs(there - static_cast<long long>(std::time(nullptr))) <= 20);
}

void its_clock_is_an_hour_behind(const account& user)
{
    in_the_guest(user, "sudo date -u -s @$(($(date +%s) - 3600))");
}

void a_pause_keeps_everything(const account& user)
{
    const auto boot = boot_of(user);
    its_clock_is_an_hour_behind(user);
    CHECK(user.gangway({"sleep", "--pause"}).exit_status == 0);
    CHECK(user.vm_state() == "paused");
    the_clock_is_right_again(user);
    CHECK(boot_of(user) == boot);
}

void who_holds_a_share_stays_awake(const account& user)
{
    const auto mount = shared_directory(user).string() + ":/work";
    user.docker_text({"run", "-d", "--name", "reader", "-v", mount, "busybox", "sleep", "100000"});
    const auto refused = user.gangway({"sleep"});
    CAPTURE(refused.err);
    CHECK(refused.exit_status == 1);
    CHECK(refused.err.find("is mounted in the container") != std::string::npos);
    CHECK(user.docker_text({"exec", "reader", "cat", "/work/book"}) == "text");
    user.docker_text({"rm", "-f", "reader"});
}

void saved_it_goes_on_where_it_was(const account& user)
{
    const auto boot = boot_of(user);
    const auto asleep = user.gangway({"sleep", "--save"});
    CAPTURE(asleep.err);
    CHECK(asleep.exit_status == 0);
    CHECK(user.vm_state() == "saved");
    CHECK(user.virtual_machines().empty());
    test_support::write_file(shared_directory(user) / "book", "a new chapter");
    the_clock_is_right_again(user);
    CHECK(boot_of(user) == boot);
    CHECK(book_in_a_container(user) == "a new chapter");
}

// The power button alone would give it two seconds.
void a_container_that_takes_its_time_to_end_gets_it(account& user)
{
    user.docker_text(
        {"run",
         "-d",
         "--name",
         "slow",
         "-v",
         "diary:/d",
         "busybox",
         "sh",
         "-c",
         "trap 'sleep 5; echo in peace >/d/end; exit 0' TERM; while :; do sleep 1; done"}
    );
    const auto stopped = user.gangway({"down"});
    CAPTURE(stopped.err);
    CHECK(stopped.exit_status == 0);
    CHECK(user.virtual_machines().empty());
    const auto log = user.gangway({"logs"}).out;
    CHECK(log.find("the engine cannot be stopped first") == std::string::npos);
}

void what_was_there_is_there_after_a_second_start(const account& user)
{
    CHECK(
        user.docker_text({"run", "--rm", "-v", "diary:/d", "busybox", "cat", "/d/end"}) ==
        "in peace"
    );
    CHECK(user.docker_text({"inspect", "-f", "{{.State.ExitCode}}", "slow"}) == "0");
    CHECK(book_in_a_container(user) == "a new chapter");
}

}  // namespace

TEST_CASE("boot2docker's ISO is an image like ours", "[long]")
{
    // Made by tests/boot2docker/build.
    REQUIRE(fs::exists(shared_premises().boot2docker()));
    account user;
    fs::create_directory(shared_directory(user));
    test_support::write_file(shared_directory(user) / "book", "text");
    user.configure(settings_for(user));
    user.start_daemon();
    import_busybox(user);
    it_is_not_our_own_image(user);
    CHECK(book_in_a_container(user) == "text");
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
         "mkdir -p /w; echo page >/w/index.html; httpd -p 80 -h /w; sleep 100000"}
    );
    CHECK(eventually([&] { return page_at(port) == "page\n"; }));
    a_pause_keeps_everything(user);
    who_holds_a_share_stays_awake(user);
    saved_it_goes_on_where_it_was(user);
    CHECK(eventually([&] { return page_at(port) == "page\n"; }));
    a_container_that_takes_its_time_to_end_gets_it(user);
    what_was_there_is_there_after_a_second_start(user);
    CHECK(user.gangway({"down"}).exit_status == 0);
    CHECK(user.stop_daemon() == 0);
}
