// The hypervisor that the settings want, and what becomes of a VM that another one has.
#include "gangwayd/chosen_hypervisor.hpp"

#include "config/automatic_hypervisor.hpp"
#include "tests/support/fake_hypervisor.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <string>

using config::hypervisor_choice;
using test_support::fake_hypervisor;
using vmctl::hypervisor_error;
using vmctl::hypervisor_problem;

namespace {

hypervisor_choice other_than(hypervisor_choice one)
{
    return one == hypervisor_choice::libvirt ? hypervisor_choice::virtualbox
                                             : hypervisor_choice::libvirt;
}

// A former hypervisor, in a state.
struct former {
    hypervisor_maker maker()
    {
        return [this](hypervisor_choice which) {
            asked = which;
            auto host = std::make_unique<fake_hypervisor>();
            if (ready) ready(*host);
            return host;
        };
    }

    std::function<void(fake_hypervisor&)> ready;
    std::optional<hypervisor_choice> asked;
};

}  // namespace

TEST_CASE("a VM that runs, or is saved, by another hypervisor keeps its data disk")
{
    const test_support::test_directory state;
    test_support::write_file(state / "disk.img", "a disk");
    const auto first = config::automatic_hypervisor();
    former one;
    one.ready = [](fake_hypervisor& host) {
        host.define({});
        host.power_on();
    };
    SECTION("it runs") {}
    SECTION("it is saved")
    {
        one.ready = [](fake_hypervisor& host) {
            host.define({});
            host.power_on();
            host.save({});
        };
    }
    try {
        let_go_of_former(state.path(), other_than(first), one.maker());
        FAIL("it was let go");
    } catch (const hypervisor_error& error) {
        CHECK(error.problem() == hypervisor_problem::taken);
        CHECK_THAT(error.what(), Catch::Contains("gangway down"));
    }
    CHECK(one.asked == first);
    CHECK_FALSE(std::filesystem::exists(state / "hypervisor"));
}

TEST_CASE("a VM that is off may be another hypervisor's, which is kept in mind")
{
    const test_support::test_directory state;
    test_support::write_file(state / "disk.img", "a disk");
    const auto first = config::automatic_hypervisor();
    former one;
    one.ready = [](fake_hypervisor& host) { host.define({}); };
    CHECK_NOTHROW(let_go_of_former(state.path(), other_than(first), one.maker()));
    CHECK(one.asked == first);
    // Nobody is asked again until it changes back.
    one.asked.reset();
    CHECK_NOTHROW(let_go_of_former(state.path(), other_than(first), one.maker()));
    CHECK_FALSE(one.asked);
    CHECK_NOTHROW(let_go_of_former(state.path(), first, one.maker()));
    CHECK(one.asked == other_than(first));
}

TEST_CASE("the usual hypervisor writes nothing, and without a disk nobody is asked")
{
    const test_support::test_directory state;
    former one;
    const auto first = config::automatic_hypervisor();
    CHECK_NOTHROW(let_go_of_former(state.path(), first, one.maker()));
    CHECK_FALSE(std::filesystem::exists(state / "hypervisor"));
    CHECK_NOTHROW(let_go_of_former(state.path(), other_than(first), one.maker()));
    CHECK_FALSE(one.asked);
    CHECK(test_support::read_file(state / "hypervisor") == "virtualbox\n");
}

TEST_CASE("a boot2docker.iso is not run by VirtualBox, which is said before anybody is served")
{
    const test_support::test_directory state;
    config::settings settings;
    settings.state_dir = state.path();
    settings.vm.hypervisor = hypervisor_choice::virtualbox;
    settings.vm.boot2docker = config::boot2docker_settings{"/b.iso", std::string(64, '0')};
    CHECK_THROWS_AS(chosen_hypervisor(settings), hypervisor_error);
    settings.vm.boot2docker.reset();
    CHECK(chosen_hypervisor(settings)->supports(vmctl::accelerator::virtualbox));
}
