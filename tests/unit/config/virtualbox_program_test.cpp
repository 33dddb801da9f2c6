// Where VBoxManage is looked for.
#include "config/virtualbox_program.hpp"

#include "config/automatic_hypervisor.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

using namespace config;

TEST_CASE("the first directory that has VBoxManage counts, and a directory of that name does not")
{
    namespace fs = std::filesystem;
    std::random_device random;
    const auto root = fs::temp_directory_path() / ("gangway-places-" + std::to_string(random()));
    for (const auto* const name : {"empty", "first", "second"}) fs::create_directories(root / name);
    fs::create_directories(root / "empty" / virtualbox_program_name());
    for (const auto* const name : {"first", "second"})
        std::ofstream(root / name / virtualbox_program_name()) << "program";
    CHECK_FALSE(find_virtualbox({}));
    CHECK_FALSE(find_virtualbox({root / "empty", root / "missing"}));
    CHECK(
        find_virtualbox({root / "missing", root / "empty", root / "first", root / "second"}) ==
        root / "first" / virtualbox_program_name()
    );
    fs::remove_all(root);
}

TEST_CASE("only absolute directories are looked into")
{
    for (const auto& place : places_of_virtualbox()) CHECK(place.is_absolute());
}

TEST_CASE("what is asked for runs the VM, and automatic is one of them")
{
    vm_settings vm;
    CHECK(hypervisor_to_use(vm) == automatic_hypervisor());
    CHECK(automatic_hypervisor() != hypervisor_choice::automatic);
    vm.hypervisor = hypervisor_choice::virtualbox;
    CHECK(hypervisor_to_use(vm) == hypervisor_choice::virtualbox);
    vm.hypervisor = hypervisor_choice::libvirt;
    CHECK(hypervisor_to_use(vm) == hypervisor_choice::libvirt);
}
