// Prometheus' own checker has nothing to say.
#include "tests/support/process.hpp"
#include "tests/unit/gangwayd/metrics_scene.hpp"

#include <catch2/catch.hpp>

using namespace metrics_scene;

TEST_CASE("promtool finds no fault with the metrics")
{
    vmctl_test::supervised_vm t;
    t.run([](vmctl_test::supervised_vm& test) -> asio::awaitable<void> {
        vm_scene s(test);
        co_await test.vm.up(vmctl_test::someone());
        test.vm.containers_run(0);
        const auto result = test_support::run(
            {.arguments = {PROMTOOL, "check", "metrics"},
             .input = test_support::piped_text{s.text()}}
        );
        CAPTURE(s.text());
        CHECK(result.exit_status == 0);
        CHECK(result.out + result.err == "");
        co_await s.end();
    });
}
