// From settings to a plan: what the domain is made of, and which preparation stops a start.
#include "vmctl/boot_plan.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/libvirt_hypervisor.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace vmctl;

namespace {

config::settings example(const std::filesystem::path& state_dir)
{
    config::settings settings;
    settings.instance = "work";
    settings.state_dir = state_dir;
    settings.vm.cpus = 3;
    settings.vm.memory = config::gibibytes(4);
    settings.vm.engine_port = 2376;
    settings.vm.image = state_dir / "no-image";
    return settings;
}

}  // namespace

TEST_CASE("the settings decide the domain")
{
    const auto plan = make_boot_plan(example("/state"), "0.1.0");
    CHECK(plan.spec.name == "gangway-work");
    CHECK(plan.spec.version == "0.1.0");
    CHECK(plan.spec.cpus == 3);
    CHECK(plan.spec.memory == config::gibibytes(4));
    CHECK(plan.spec.engine_port == 2376);
    CHECK(plan.spec.data_disk.parent_path() == "/state");
    CHECK(plan.spec.serial_log == serial_log_in("/state"));
    CHECK(plan.engine_tls.server_name == "gangway-engine");
    REQUIRE(plan.stages.size() == 2);
    CHECK(plan.stages[0].name == "image");
    CHECK(plan.stages[1].name == "files");
    // A VM that was saved has its disk in use.
    CHECK(plan.stages[0].only_describes);
    CHECK(!plan.stages[1].only_describes);
}

TEST_CASE("a missing image stops the start before anything is made")
{
    const test_support::test_directory directory;
    const auto plan = make_boot_plan(example(directory / "state"), "0.1.0");
    auto spec = plan.spec;
    CHECK_THROWS_WITH(plan.stages[0].work(spec), Catch::Contains("no-image"));
    CHECK_FALSE(std::filesystem::exists(directory / "state"));
}

TEST_CASE("a state directory too deep for a socket is refused before anything is made")
{
    const test_support::test_directory directory;
    const auto deep = directory / std::string(100, 'x');
    const auto plan = make_boot_plan(example(deep), "0.1.0");
    auto spec = plan.spec;
    CHECK_THROWS_WITH(plan.stages[1].work(spec), Catch::Contains("shorter state_dir"));
    CHECK_FALSE(std::filesystem::exists(deep));
}
