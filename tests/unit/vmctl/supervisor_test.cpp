// Starting: one start for all who wait, its failures, and taking over a VM that runs.
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace vmctl;
using namespace std::chrono_literals;
using test_support::fake_hypervisor;
using test_support::until;
using vmctl_test::client;
using vmctl_test::someone;
using vmctl_test::supervised_vm;

namespace {

hypervisor_error refusal()
{
    return describe(hypervisor_problem::refused, "start gangway-test", "no memory");
}

std::vector<std::string> names(const std::vector<stage_event>& stages)
{
    std::vector<std::string> all;
    for (const auto& stage : stages) all.push_back(stage.name);
    return all;
}

}  // namespace

TEST_CASE("fifty clients share one start, and each gets a lease of its own")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        std::vector<client*> clients;
        for (int i = 0; i < 50; ++i) clients.push_back(&test.arrives());
        auto all_answered = until([&clients] {
            return std::all_of(clients.begin(), clients.end(), [](auto* c) { return c->answered; });
        });
        co_await std::move(all_answered);
        CHECK(test.host.count("power_on") == 1);
        CHECK(test.vm.status().use.active == 50);
        CHECK(test.vm.status().use.waiting == 0);
        for (auto* each : clients) {
            CHECK(each->failure.empty());
            const auto& address = std::get<config::tcp_endpoint>(each->held.address().endpoint);
            CHECK(address == config::tcp_endpoint{"127.0.0.1", 40001});
            each->held = lease();
        }
        CHECK(test.vm.status().use.active == 0);
    });
}

TEST_CASE("a ready engine is leased without another start, passive and active apart")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        auto& looking = test.arrives(activity::passive);
        auto& using_it = test.arrives(activity::active);
        co_await until([&] { return looking.answered && using_it.answered; });
        CHECK(test.host.count("power_on") == 1);
        CHECK(test.vm.status().use.passive == 1);
        CHECK(test.vm.status().use.active == 1);
    });
}

TEST_CASE("a start goes through its stages in order, on the host and in the guest")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        std::vector<stage_event> seen;
        const auto interest =
            test.vm.subscribe([&seen](const auto& stage) { seen.push_back(stage); });
        co_await test.vm.up(someone());
        const std::vector<std::string> expected = {
            "image",
            "files",
            "define",
            "power-on",
            "kernel",
            "root",
            "disk",
            "shares",
            "network",
            "containerd",
            "engine",
            "ready"};
        CHECK(names(seen) == expected);
        CHECK(seen == test.vm.status().timeline);
        CHECK(seen[6].guest_time == 1200ms);
        CHECK_FALSE(seen[0].guest_time);
        CHECK(test.prepared == std::vector<std::string>{"image", "files"});
        CHECK(test.host.defined().kernel == "/images/vmlinuz");
        CHECK(test.host.defined().run_by == accelerator::kvm);
    });
}

TEST_CASE("an observer hears nothing after its subscription has ended")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        int heard = 0;
        {
            const auto interest = test.vm.subscribe([&heard](const auto&) { ++heard; });
        }
        co_await test.vm.up(someone());
        CHECK(heard == 0);
    });
}

TEST_CASE("the status says who the VM was started for and where it is")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        CHECK(test.vm.status().state == vm_state::absent);
        co_await test.vm.up(someone());
        const auto now = test.vm.status();
        CHECK(now.state == vm_state::ready);
        CHECK(now.started_for == "docker (pid 4711, uid 1000): GET /v1.41/info");
        CHECK(now.engine_port == 40001);
        CHECK(now.ssh_port == 40002);
        CHECK(now.process_id == 4711);
    });
}

TEST_CASE("what a VM sees of the host comes with each lease, and shows in the status")
{
    static const std::vector<config::share> shares = {{"/home/me", true}, {"/srv", false}};
    supervised_vm t([](boot_plan& plan) { plan.spec.shares = shares; });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        CHECK(test.vm.status().shares == shares);
        const auto lease = test.vm.acquire_now(activity::active);
        REQUIRE(lease);
        CHECK(lease->address().shares == shares);
    });
}

TEST_CASE("an image that cannot share fails the start: its containers would see empty directories")
{
    supervised_vm t([](boot_plan& plan) { plan.spec.shares = {{"/home/me", true}}; });
    t.host.guest_prints_at_power_on(
        "gangway-stage kernel 0.5\ngangway-stage network 0.9\n"
        "gangway-stage engine 2.0\n"
    );
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("does not know how to share"));
        co_await test.reaches(vm_state::failed);
    });
}

TEST_CASE("a VM that was made by a version without shares is taken over, and has none")
{
    supervised_vm t([](boot_plan& plan) { plan.spec.shares = {{"/home/me", true}}; });
    t.host.runs_already(fake_hypervisor::running);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.examine();
        co_await test.reaches(vm_state::ready);
        CHECK(test.vm.status().shares.empty());
    });
}

TEST_CASE(
    "a start that fails answers every client with its reason, and the next request tries again"
)
{
    supervised_vm t;
    t.host.fail_next("power_on", refusal());
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& first = test.arrives();
        auto& second = test.arrives();
        co_await until([&] { return first.answered && second.answered; });
        CHECK_THAT(first.failure, Catch::Contains("no memory"));
        CHECK(first.failure == second.failure);
        co_await test.reaches(vm_state::failed);
        CHECK_THAT(test.vm.status().failure, Catch::Contains("no memory"));

        auto& third = test.arrives();
        co_await until([&] { return third.answered; });
        CHECK(third.failure.empty());
        CHECK(test.vm.status().failure.empty());
    });
}

TEST_CASE("a preparation that fails stops the start before a domain is defined")
{
    supervised_vm t([](boot_plan& plan) {
        plan.stages[1].work = [](domain_spec&) { throw std::runtime_error("the disk is full"); };
    });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK(who.failure == "the VM could not be started: the disk is full");
        co_await test.reaches(vm_state::failed);
        CHECK(test.host.count("define") == 0);
        CHECK(test.host.count("cut_power") == 0);
    });
}

TEST_CASE("a VM that is not ready in time is switched off, and the error names the stage")
{
    supervised_vm t([](boot_plan& plan) { plan.boot_timeout = 150ms; });
    t.host.guest_prints_at_power_on("gangway-stage kernel 1\ngangway-stage root 2\nno disk here\n");
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("its stage \"disk\" did not complete"));
        CHECK_THAT(who.failure, Catch::Contains("no disk here"));
        co_await test.reaches(vm_state::failed);
        CHECK_FALSE(test.host.is_on());
        // Its disk was not in use yet, so nothing had to be asked.
        CHECK(test.host.count("ask_to_shut_down") == 0);
    });
}

TEST_CASE("a failed start gives the guest that has its disk in use the time to let go of it")
{
    supervised_vm t([](boot_plan& plan) { plan.boot_timeout = 150ms; });
    t.host.engine_answers(false);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("the engine does not answer"));
        co_await test.reaches(vm_state::failed);
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.host.count("cut_power") == 0);
    });
}

TEST_CASE("a guest that gives up ends the start at once with its reason")
{
    supervised_vm t;
    t.host.guest_prints_at_power_on("gangway-stage kernel 1\ngangway-fail disk it is damaged\n");
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("its stage \"disk\" failed: it is damaged"));
        co_await test.reaches(vm_state::failed);
        CHECK_FALSE(test.host.is_on());
    });
}

TEST_CASE("a VM that dies while it starts is started once more, and its clients notice nothing")
{
    supervised_vm t;
    t.host.dies_at_power_on();
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(test.host.count("power_on") == 2);
        CHECK(test.losses.empty());
    });
}

TEST_CASE("a VM that dies twice while it starts fails the start and shows its console")
{
    supervised_vm t;
    t.host.engine_answers(false);
    t.host.guest_prints_at_power_on("Kernel panic - not syncing\n");
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        for (std::size_t round = 1; round <= 2; ++round) {
            co_await until([&] { return test.host.count("power_on") == round; });
            // That the power is on is known once power-on is a stage.
            co_await until([&] { return test.vm.status().timeline.size() == 4; });
            CHECK_FALSE(who.answered);
            test.host.die(stop_cause::crashed);
        }
        co_await until([&] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("the VM crashed while it started"));
        CHECK_THAT(who.failure, Catch::Contains("Kernel panic"));
        co_await test.reaches(vm_state::failed);
        CHECK(test.losses.empty());
    });
}

TEST_CASE("a waiting client that goes away leaves the start to the others")
{
    supervised_vm t;
    t.host.engine_answers(false);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.arrives();
        test.arrives();
        co_await until([&] { return test.host.is_on(); });
        CHECK(test.vm.status().use.waiting == 2);
        test.clients_vanish();
        co_await until([&] { return test.vm.status().use.waiting == 0; });
        auto& other = test.arrives();
        test.host.engine_answers(true);
        co_await until([&] { return other.answered; });
        CHECK(other.failure.empty());
        CHECK(test.host.count("power_on") == 1);
        CHECK(test.vm.status().use.active == 1);
    });
}

TEST_CASE("a VM that runs when the daemon comes up is taken over")
{
    supervised_vm t;
    t.host.runs_already(fake_hypervisor::running);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.examine();
        co_await test.reaches(vm_state::ready);
        CHECK(test.vm.status().engine_port == 40001);
        CHECK(names(test.vm.status().timeline) == std::vector<std::string>{"adopt", "ready"});
        CHECK(test.host.count("power_on") == 0);
        CHECK(test.prepared.empty());
    });
}

TEST_CASE("a client that comes before the first look gets the VM that runs already")
{
    supervised_vm t;
    t.host.runs_already(fake_hypervisor::running);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        auto& who = test.arrives();
        test.vm.examine();
        co_await until([&] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(test.host.count("power_on") == 0);
    });
}

TEST_CASE("a running VM that cannot be used as it is gets shut down and started anew")
{
    supervised_vm t;
    t.host.runs_already(std::nullopt);
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.host.count("power_on") == 1);
        CHECK(test.vm.status().state == vm_state::ready);
    });
}

TEST_CASE("a first look that finds nothing lets go of libvirt and waits for a client")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.examine();
        co_await until([&] { return test.host.count("disconnect") == 1; });
        CHECK(test.vm.status().state == vm_state::absent);
        CHECK(test.host.count("define") == 0);
    });
}

TEST_CASE("a first look that fails is told, and the next request tries again")
{
    supervised_vm t;
    t.host.fail_next("state", describe(hypervisor_problem::unreachable, "qemu:///session", ""));
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.examine();
        co_await test.reaches(vm_state::failed);
        CHECK_THAT(test.vm.status().failure, Catch::Contains("install libvirt-daemon"));
        co_await test.vm.up(someone());
        CHECK(test.vm.status().state == vm_state::ready);
    });
}

TEST_CASE("a VM of another daemon is left alone, whatever is asked for")
{
    supervised_vm t;
    t.host.is_taken();
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test.vm.examine();
        co_await test.reaches(vm_state::failed);
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK_THAT(who.failure, Catch::Contains("runs already for another gangwayd"));
        CHECK_THAT(who.failure, Catch::Contains("/other/disk.img"));
        co_await test.reaches(vm_state::failed);
        std::string failure;
        test.begin(test.vm.down(someone()), failure);
        co_await until([&] { return !failure.empty(); });
        CHECK_THAT(failure, Catch::Contains("runs already for another gangwayd"));
        for (const auto* const call : {"define", "power_on", "ask_to_shut_down", "cut_power"})
            CHECK(test.host.count(call) == 0);
    });
}

TEST_CASE("a VM that says on its console that something failed once is taken over all the same")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        test_support::write_file(
            test.directory / "serial.log", "gangway-fail engine dockerd ended with status 1.\n"
        );
        test.host.runs_already(fake_hypervisor::running);
        test.vm.examine();
        co_await test.reaches(vm_state::ready);
        CHECK(test.host.count("power_on") == 0);
    });
}

TEST_CASE("an emulated VM has one processor, another as many as it was given")
{
    for (const auto way : {accelerator::emulation, accelerator::kvm}) {
        supervised_vm t([](boot_plan& plan) { plan.spec.cpus = 4; });
        t.host.supports_only({accelerator::emulation, way});
        t.run([](supervised_vm& test) -> asio::awaitable<void> { co_await test.vm.up(someone()); });
        CHECK(t.host.defined().cpus == (way == accelerator::emulation ? 1 : 4));
    }
}

TEST_CASE("a VM that was paused goes on with the next client")
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.tell({domain_event::kind::paused, stop_cause::unknown});
        co_await asio::post(test.loop, asio::use_awaitable);
        auto& who = test.arrives();
        co_await until([&] { return who.answered; });
        CHECK(who.failure.empty());
        CHECK(test.host.count("resume") == 1);
        auto& next = test.arrives();
        co_await until([&] { return next.answered; });
        CHECK(test.host.count("resume") == 1);
    });
}

TEST_CASE("a VM whose disk could not be written tries again by itself")
{
    supervised_vm t([](boot_plan& plan) { plan.disk_retry = 1ms; });
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        test.host.tell({domain_event::kind::disk_failed, stop_cause::unknown});
        co_await until([&] { return test.host.count("resume") == 1; });
        CHECK(test.vm.status().state == vm_state::ready);
    });
}

TEST_CASE(
    "ports of the guest are forwarded while the VM runs, and whoever asked is told when it does"
)
{
    supervised_vm t;
    t.run([](supervised_vm& test) -> asio::awaitable<void> {
        int ready = 0;
        test.vm.on_engine_ready([&ready](const engine_address& address) {
            CHECK(
                address.endpoint ==
                config::engine_endpoint(config::tcp_endpoint{"127.0.0.1", 40001})
            );
            ++ready;
        });
        const guest_port web{transport::tcp, "127.0.0.1", 8080};
        std::string refusal;
        try {
            co_await test.vm.forward(web);
        } catch (const engine_unavailable& error) {
            refusal = error.what();
        }
        CHECK(refusal == "the VM does not run");
        co_await test.vm.up(someone());
        CHECK(ready == 1);
        const auto port = co_await test.vm.forward(web);
        CHECK(port == fake_hypervisor::first_forward);
        co_await test.vm.end_forward(web);
        CHECK(test.host.count("end_forward") == 1);
        co_await test.vm.down(someone());
        co_await test.vm.end_forward(web);
        CHECK(test.host.count("end_forward") == 1);
    });
}
