// A guest without an agent, over a real shell on a terminal.
#include "vmctl/console_guest.hpp"

#include "played_console.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/fake_hypervisor.hpp"
#include "tests/support/test_directory.hpp"
#include "vmctl/console_shell.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <chrono>
#include <thread>

using namespace vmctl;
using namespace std::chrono_literals;
using vmctl_test::played_console;

namespace {

constexpr console_patience enough = {20s, 20s};

hypervisor_problem problem_of(const std::function<void()>& work)
{
    try {
        work();
    } catch (const hypervisor_error& error) {
        return error.problem();
    }
    FAIL("nothing was thrown");
    return hypervisor_problem::refused;
}

// The fake hypervisor stays in reach.
struct guest {
    explicit guest(
        const played_console& console, console_manners manners = manners_of_boot2docker()
    )
    {
        manners.where = "true";
        auto made = std::make_unique<test_support::fake_hypervisor>();
        host = made.get();
        made->define({});
        made->power_on();
        vm = make_console_guest(std::move(made), console.socket(), std::move(manners));
    }

    test_support::fake_hypervisor* host = nullptr;
    std::unique_ptr<hypervisor> vm;
};

}  // namespace

TEST_CASE("a command on the console comes to its output and status")
{
    const played_console console;
    const auto result = run_on_console(
        console.socket(), "echo one; echo 'two  three' >&2; (exit 7)", "true", enough, {}
    );
    CHECK(result == guest_result{7, "one\ntwo  three\n"});
    CHECK(run_on_console(console.socket(), "true", "true", enough, {}) == guest_result{0, ""});
}

TEST_CASE("what its user has begun to type is not run")
{
    played_console console;
    console.has_typed("touch /nonexistent/");
    CHECK(
        run_on_console(console.socket(), "echo mine", "true", enough, {}) ==
        guest_result{0, "mine\n"}
    );
}

TEST_CASE("a shell that comes late gets the command once")
{
    const test_support::test_directory directory;
    const auto count = (directory.path() / "count").string();
    const played_console console({"sh", "-c", "read -r lost; exec bash --norc -i"});
    run_on_console(console.socket(), "echo x >>" + count, "true", enough, {});
    CHECK(run_on_console(console.socket(), "cat " + count, "true", enough, {}).output == "x\n");
}

TEST_CASE("a console without a shell, and one that is not there, are given up on")
{
    const played_console console({"sleep", "1000"});
    const auto ask = [&] { run_on_console(console.socket(), "true", "true", {300ms, 20s}, {}); };
    CHECK(problem_of(ask) == hypervisor_problem::refused);
    const test_support::test_directory directory;
    const auto nowhere = [&] {
        run_on_console(directory.path() / "none", "true", "true", enough, {});
    };
    CHECK(problem_of(nowhere) == hypervisor_problem::refused);
}

TEST_CASE("a console that somebody has is given up on, and nothing is typed into it")
{
    const played_console console;
    const test_support::unique_fd other(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const auto path = console.socket().native();
    std::copy(path.begin(), path.end(), address.sun_path);
    REQUIRE(connect(other.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const auto ask = [&] { run_on_console(console.socket(), "true", "true", {500ms, 20s}, {}); };
    CHECK_THROWS_AS(ask(), console_silent);
}

TEST_CASE("a shell that is not the guest's own is as good as none")
{
    played_console console;
    const auto ask = [&] {
        run_on_console(console.socket(), "sudo true", "[ -d /nonexistent ]", {3s, 20s}, {});
    };
    CHECK_THROWS_AS(ask(), console_silent);
    CHECK(console.sudo_calls().empty());
}

TEST_CASE("a command is called off while it runs")
{
    const test_support::test_directory directory;
    const auto begun = directory / "begun";
    const played_console console;
    std::stop_source call_off;
    const std::jthread caller([&] {
        if (test_support::eventually([&] { return std::filesystem::exists(begun); }))
            call_off.request_stop();
    });
    const auto unwanted = [&] {
        run_on_console(
            console.socket(),
            "touch " + begun.string() + "; sleep 1000",
            "true",
            enough,
            call_off.get_token()
        );
    };
    CHECK(problem_of(unwanted) == hypervisor_problem::called_off);
    CHECK(
        run_on_console(console.socket(), "echo on", "true", enough, {}) == guest_result{0, "on\n"}
    );
}

TEST_CASE("a command that is not wanted any more is called off")
{
    const played_console console;
    std::stop_source call_off;
    call_off.request_stop();
    const auto unwanted = [&] {
        run_on_console(console.socket(), "true", "true", enough, call_off.get_token());
    };
    CHECK(problem_of(unwanted) == hypervisor_problem::called_off);
}

TEST_CASE("what a console cannot take in as a line is refused before anything is typed")
{
    const played_console console;
    const auto lines = [&] { run_on_console(console.socket(), "true\ntrue", "true", enough, {}); };
    CHECK(problem_of(lines) == hypervisor_problem::refused);
    const auto long_line = [&] {
        run_on_console(console.socket(), "true " + std::string(4000, 'x'), "true", enough, {});
    };
    CHECK(problem_of(long_line) == hypervisor_problem::refused);
}

TEST_CASE("the agent's programs are those on the data disk, run by root")
{
    played_console console;
    const guest one(console);
    const auto doze = std::vector<std::string>{"/usr/lib/gangway/doze"};
    CHECK(one.vm->run_in_guest(doze, 20s, {}).status == 0);
    CHECK(console.sudo_calls() == "sh /var/lib/boot2docker/gangway/doze\n");
    console.sudo_ends_with(2);
    const auto configure =
        std::vector<std::string>{"/usr/lib/gangway/configure", R"({"a": "it's"})"};
    CHECK(one.vm->run_in_guest(configure, 20s, {}).status == 2);
    CHECK_THAT(
        console.sudo_calls(),
        Catch::EndsWith("sh /var/lib/boot2docker/gangway/configure {\"a\": \"it's\"}\n")
    );
    // The hypervisor's own agent is not asked.
    CHECK(one.host->count("run_in_guest") == 0);
}

TEST_CASE(
    "an appliance without its agent has its programs run by root, and its power button pressed"
)
{
    const played_console console;
    const guest one(console, manners_of_appliance());
    CHECK(one.vm->run_in_guest({"/usr/lib/gangway/doze"}, 20s, {}).status == 0);
    CHECK(console.sudo_calls() == "/usr/lib/gangway/doze\n");
    one.vm->ask_to_shut_down();
    CHECK(one.host->count("ask_to_shut_down") == 1);
    CHECK(console.sudo_calls() == "/usr/lib/gangway/doze\n");
}

TEST_CASE("the clock is set to this moment, and who cannot be asked is not taken for silent")
{
    played_console console;
    const guest one(console);
    const auto before = std::time(nullptr);
    one.vm->set_guest_clock();
    const auto call = console.sudo_calls();
    const std::string command = "date -u -s @";
    REQUIRE(call.starts_with(command));
    CHECK(std::stoll(call.substr(command.size())) >= before);
    CHECK(one.vm->guest_listens(20s));
    console.sudo_ends_with(1);
    CHECK(problem_of([&] { one.vm->set_guest_clock(); }) == hypervisor_problem::refused);

    const played_console nobody({"sleep", "1000"});
    const guest other(nobody);
    CHECK(problem_of([&] { other.vm->guest_listens(300ms); }) == hypervisor_problem::refused);
}

TEST_CASE("a guest that was not asked to unmount its shares has them, whoever has its console")
{
    const std::vector<std::string> doze = {"/usr/lib/gangway/doze"};
    const std::vector<std::string> wake = {"/usr/lib/gangway/wake"};
    const played_console nobody({"sleep", "1000"});
    const guest busy(nobody);
    busy.vm->power_on();
    CHECK_THROWS_AS(busy.vm->run_in_guest(doze, 300ms, {}), console_silent);
    CHECK(busy.vm->run_in_guest(wake, 300ms, {}).status == 0);

    played_console console;
    const guest one(console);
    one.vm->power_on();
    console.sudo_ends_with(1);
    CHECK(one.vm->run_in_guest(doze, 20s, {}).status == 1);
    CHECK(one.vm->run_in_guest(wake, 20s, {}).status == 1);
    console.sudo_ends_with(0);
    CHECK(one.vm->run_in_guest(wake, 20s, {}).status == 0);
    const auto calls = console.sudo_calls();
    CHECK(one.vm->run_in_guest(wake, 20s, {}).status == 0);
    CHECK(console.sudo_calls() == calls);
}

TEST_CASE("a command that is given up on is interrupted, and the next one finds a shell")
{
    const played_console console;
    const auto too_long = [&] {
        run_on_console(console.socket(), "sleep 1000", "true", {20s, 3s}, {});
    };
    CHECK(problem_of(too_long) == hypervisor_problem::refused);
    CHECK(
        run_on_console(console.socket(), "echo on", "true", enough, {}) == guest_result{0, "on\n"}
    );
}

TEST_CASE("a guest that can stop its engine first is not hurried by the button")
{
    played_console console;
    const guest one(console);
    one.vm->ask_to_shut_down();
    one.vm->ask_to_shut_down();
    CHECK(console.sudo_calls() == "sh /var/lib/boot2docker/gangway/halt\n");
    CHECK(one.host->count("ask_to_shut_down") == 0);
}

TEST_CASE("a guest that cannot gets the power button at once")
{
    played_console console;
    console.sudo_ends_with(1);
    const guest one(console);
    one.vm->ask_to_shut_down();
    CHECK(one.host->count("ask_to_shut_down") == 1);
}
