// Another image under a VM, and who notices.
#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/image_fixture.hpp"
#include "tests/unit/vmctl/sleep_steps.hpp"
#include "vmctl/image.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace vmctl_test;

namespace {

// The present image is 1, and 2 is what it may be upgraded to.
struct with_images {
    with_images()
        : t([this](boot_plan& plan) {
              plan.images.emplace(directory / "images");
              plan.start_times.emplace(directory / "start_times");
              plan.stages.front().work = [this](domain_spec& spec) {
                  const auto image = load_image(directory / "images");
                  spec.kernel = image.kernel;
                  spec.image_identity = identity_of(image);
                  booted.push_back(image.version);
              };
          })
    {
        make_image(directory / "images", "1");
        make_image(directory / "new", "2");
    }

    const test_support::test_directory directory;
    std::vector<std::string> booted;  // versions, in the order of the starts; on the pool
    supervised_vm t;
};

with_images* here = nullptr;  // of the test that runs: its body is a plain function

void run(with_images& scene, asio::awaitable<void> (*body)(supervised_vm&))
{
    here = &scene;
    scene.t.run(body);
}

std::string present()
{
    return version_in(here->directory / "images");
}

asio::awaitable<void> takes_in_two(supervised_vm& test)
{
    const image_source source{here->directory / "new", {}};
    co_await test.vm.take_in_image(someone(), source);
}

asio::awaitable<std::string> failure_of_upgrade(supervised_vm& test)
{
    std::string failure;
    try {
        co_await test.vm.upgrade(someone());
    } catch (const engine_unavailable& error) {
        failure = error.what();
    }
    co_return failure;
}

// Kept or thrown away, there is no trace of the other.
asio::awaitable<void> is_settled()
{
    return until([] { return !std::filesystem::exists(here->directory / "images.former"); });
}

}  // namespace

TEST_CASE("an upgrade stops the VM, and starts it with the new image")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await takes_in_two(test);
        CHECK(present() == "1");
        CHECK(test.vm.status().state == vm_state::ready);
        co_await test.vm.upgrade(someone());
        CHECK(test.vm.status().state == vm_state::ready);
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(present() == "2");
        CHECK(here->booted == std::vector<std::string>{"1", "2"});
        co_await is_settled();
        CHECK(told(test).back() == "started");
        // It is no news to hear of.
        test.vm.image_changed();
        co_await goes_to_sleep(test, sleep_depth::saved);
        CHECK(test.host.count("power_on") == 2);
    });
}

TEST_CASE("an image that is heard of while the VM boots from it is no news afterwards")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        co_await takes_in_two(test);
        std::string failure;
        test.host.hold("power_on");
        test.begin(test.vm.upgrade(someone()), failure);
        co_await until([&test] { return test.host.is_held(); });
        test.vm.image_changed();
        test.host.release();
        co_await test.reaches(vm_state::ready);
        test.vm.containers_run(0);
        co_await test.vm.sleep(someone(), sleep_depth::saved);
        co_await is_settled();
        CHECK(test.vm.status().state == vm_state::saved);
        CHECK(test.host.count("power_on") == 1);
        CHECK(failure.empty());
    });
}

TEST_CASE("a VM that is off, or was saved, is started with the new image")
{
    with_images scene;
    const bool is_saved = GENERATE(false, true);
    CAPTURE(is_saved);
    run(scene, is_saved ? [](supervised_vm& test) -> asio::awaitable<void> {
        co_await goes_to_sleep(test, sleep_depth::saved);
        co_await takes_in_two(test);
        co_await test.vm.upgrade(someone());
        CHECK(present() == "2");
        // What ran in it has ended in order.
        CHECK(test.host.count("restore") == 1);
        CHECK(test.host.count("ask_to_shut_down") == 1);
        CHECK(test.vm.status().state == vm_state::ready);
    } : [](supervised_vm& test) -> asio::awaitable<void> {
        co_await takes_in_two(test);
        co_await test.vm.upgrade(someone());
        CHECK(present() == "2");
        CHECK(here->booted == std::vector<std::string>{"2"});
        CHECK(test.vm.status().state == vm_state::ready);
    });
}

TEST_CASE("an image that does not start is out again, and clients get the former one")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        co_await test.vm.up(someone());
        co_await takes_in_two(test);
        test.host.hold("define");
        std::string failure = "none yet";
        test.begin(test.vm.upgrade(someone()), failure);
        co_await until([&test] { return test.host.is_held(); });
        auto& client = test.arrives();
        test.host.fail_next("power_on", refusal("no such format"));
        test.host.release();
        co_await until([&client] { return client.answered; });
        CHECK(client.failure.empty());
        co_await until([&failure] { return failure != "none yet"; });
        CHECK_THAT(
            failure, Catch::StartsWith("the new image did not start, and the former one is back: ")
        );
        CHECK_THAT(failure, Catch::Contains("no such format"));
        CHECK(present() == "1");
        CHECK(here->booted == std::vector<std::string>{"1", "2", "1"});
        CHECK(test.vm.status().state == vm_state::ready);
        co_await is_settled();
    });
}

TEST_CASE("an image whose kernel dies twice is out again")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        co_await takes_in_two(test);
        test.host.engine_answers(false);
        std::string failure = "none yet";
        test.begin(test.vm.upgrade(someone()), failure);
        for (std::size_t start = 1; start <= 2; ++start) {
            co_await until([&] { return test.host.count("power_on") == start; });
            test.host.die(stop_cause::crashed);
        }
        co_await until([] { return here->booted.size() == 3; });
        test.host.engine_answers(true);
        co_await until([&failure] { return failure != "none yet"; });
        CHECK_THAT(failure, Catch::StartsWith("the new image did not start"));
        CHECK(here->booted == std::vector<std::string>{"2", "2", "1"});
        CHECK(present() == "1");
    });
}

TEST_CASE("a daemon that finds an image on trial goes on with the trial")
{
    with_images scene;
    const image_store store(scene.directory / "images");
    store.take_in({scene.directory / "new", {}}, [](const std::string&, download_progress) {});
    store.put_in();
    SECTION("which it passes")
    {
        run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
            co_await test.vm.up(someone());
            co_await is_settled();
            CHECK(present() == "2");
        });
    }
    SECTION("or not")
    {
        run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
            test.host.fail_next("power_on", refusal("no such format"));
            co_await test.vm.up(someone());
            CHECK(present() == "1");
            CHECK(here->booted == std::vector<std::string>{"2", "1"});
        });
    }
}

TEST_CASE("what fails before the power is on leaves an image on trial where it is")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        co_await takes_in_two(test);
        test.host.fail_next("define", refusal("no space"));
        auto upgrading = failure_of_upgrade(test);
        const auto failure = co_await std::move(upgrading);
        CHECK_THAT(failure, Catch::Contains("no space"));
        CHECK(present() == "2");
        co_await test.vm.up(someone());
        co_await is_settled();
        CHECK(present() == "2");
    });
}

TEST_CASE("a VM that was booted from the image before says nothing of the one on trial")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        test.host.hold("power_on");
        std::string failure;
        test.begin(test.vm.up(someone()), failure);
        co_await until([&test] { return test.host.is_held(); });
        // By another instance.
        const image_store store(here->directory / "images");
        store.take_in({here->directory / "new", {}}, [](const std::string&, download_progress) {});
        store.put_in();
        const bool fails = GENERATE(false, true);
        if (fails) test.host.fail_next("power_on", refusal("no memory"));
        test.host.release();
        co_await until([&test] {
            const auto state = test.vm.status().state;
            return state == vm_state::ready || state == vm_state::failed;
        });
        CHECK(store.is_on_trial());
        CHECK(present() == "2");
    });
}

TEST_CASE("an upgrade without another image is refused, and so is one that cannot be taken in")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        auto upgrading = failure_of_upgrade(test);
        const auto refused = co_await std::move(upgrading);
        CHECK_THAT(refused, Catch::StartsWith("no other image is here than the one"));
        std::string failure;
        try {
            const image_source nothing{here->directory / "nothing", {}};
            co_await test.vm.take_in_image(someone(), nothing);
        } catch (const engine_unavailable& error) {
            failure = error.what();
        }
        CHECK_THAT(failure, Catch::StartsWith("the image could not be taken in: "));
        CHECK(test.host.count("power_on") == 0);
    });
}

TEST_CASE("who watches is told the stages of taking an image in")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        std::vector<std::string> complete;
        const auto watching = test.vm.subscribe([&complete](const stage_event& event) {
            if (!event.so_far) complete.push_back(event.name);
        });
        co_await takes_in_two(test);
        co_await until([&complete] { return complete.size() == 2; });
        CHECK(complete == std::vector<std::string>{"unpack", "verify"});
    });
}

TEST_CASE("a start is expected to take what the last one took")
{
    with_images scene;
    run(scene, [](supervised_vm& test) -> asio::awaitable<void> {
        CHECK(test.vm.expected_start(false).empty());
        co_await test.vm.up(someone());
        co_await until([&test] { return !test.vm.expected_start(true).empty(); });
        CHECK(test.vm.expected_start(true).back().name == "ready");
        CHECK(test.vm.expected_start(false).empty());  // it runs
        co_await test.vm.down(someone());
        CHECK(test.vm.expected_start(false) == test.vm.expected_start(true));
        co_await goes_to_sleep(test, sleep_depth::saved);
        co_await is_served(test);
        co_await goes_to_sleep(test, sleep_depth::saved);
        co_await until([&test] { return !test.vm.expected_start(false).empty(); });
        CHECK(test.vm.expected_start(false).front().name == "restore");
    });
}
