// What a user is told when libvirt or QEMU cannot do its part, and which accelerator is chosen.
#include "vmctl/hypervisor.hpp"

#include "tests/support/fake_hypervisor.hpp"
#include "vmctl/boot_plan.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace vmctl;
using test_support::fake_hypervisor;

namespace {

constexpr const char* uri = "qemu:///session";

hypervisor_problem problem_of(hypervisor& host, config::acceleration wanted)
{
    try {
        choose_accelerator(host, wanted, uri);
    } catch (const hypervisor_error& error) {
        return error.problem();
    }
    throw std::runtime_error("an accelerator was found");
}

}  // namespace

TEST_CASE("each problem is a sentence that says what to do")
{
    struct expectation {
        hypervisor_problem problem;
        std::string subject;
        std::vector<std::string> parts;
    };

    const std::vector<expectation> table = {
        {hypervisor_problem::unreachable, uri, {uri, "install libvirt-daemon", "no such file"}},
        {hypervisor_problem::not_allowed, uri, {uri, "group libvirt", "no such file"}},
        {hypervisor_problem::no_emulator, uri, {uri, "install qemu-system-x86"}},
        {hypervisor_problem::no_accelerator, "kvm", {"\"kvm\"", "/dev/kvm", "\"automatic\""}},
        {hypervisor_problem::port_taken, "2376", {"port 2376", "vm.engine_port"}},
        {hypervisor_problem::refused, "start gangway-default", {"start gangway-default"}},
    };
    for (const auto& row : table) {
        const auto error = describe(row.problem, row.subject, "no such file");
        CHECK(error.problem() == row.problem);
        for (const auto& part : row.parts) CHECK_THAT(error.what(), Catch::Contains(part));
    }
}

TEST_CASE("automatic takes the best accelerator that is usable")
{
    fake_hypervisor host;
    const auto choose = [&host] {
        return choose_accelerator(host, config::acceleration::automatic, uri);
    };
    CHECK(choose() == accelerator::kvm);
    host.supports_only({accelerator::emulation, accelerator::hvf});
    CHECK(choose() == accelerator::hvf);
    host.supports_only({accelerator::emulation});
    CHECK(choose() == accelerator::emulation);
}

TEST_CASE("an accelerator that is asked for by name is taken or refused")
{
    fake_hypervisor host;
    CHECK(choose_accelerator(host, config::acceleration::kvm, uri) == accelerator::kvm);
    CHECK(choose_accelerator(host, config::acceleration::emulation, uri) == accelerator::emulation);
    CHECK(problem_of(host, config::acceleration::hvf) == hypervisor_problem::no_accelerator);
    host.supports_only({accelerator::emulation});
    CHECK(problem_of(host, config::acceleration::kvm) == hypervisor_problem::no_accelerator);
}

TEST_CASE(
    "VirtualBox has one way to run processors, which is taken or what was asked for is refused"
)
{
    fake_hypervisor host;
    host.supports_only({accelerator::virtualbox});
    CHECK(
        choose_accelerator(host, config::acceleration::automatic, uri) == accelerator::virtualbox
    );
    CHECK(problem_of(host, config::acceleration::kvm) == hypervisor_problem::no_accelerator);
    CHECK(problem_of(host, config::acceleration::emulation) == hypervisor_problem::no_accelerator);
}

TEST_CASE("without a usable QEMU that is what is said, whatever was asked for")
{
    fake_hypervisor host;
    host.supports_only({});
    CHECK(problem_of(host, config::acceleration::automatic) == hypervisor_problem::no_emulator);
    CHECK(problem_of(host, config::acceleration::kvm) == hypervisor_problem::no_emulator);
}
