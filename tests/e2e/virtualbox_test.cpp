// The VM's life with vm.hypervisor "virtualbox": the image's ISO, two consoles and no agent, over a
// stand-in for VBoxManage whose VMs QEMU runs. No VirtualBox has to do with it.
#include "tests/e2e/account.hpp"
#include "tests/e2e/busybox.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

using namespace e2e;
namespace fs = std::filesystem;

namespace {

void install_virtualbox(account& user)
{
    fs::create_directory(user.home() / "bin");
    fs::copy_file(VBOXMANAGE_BY_QEMU, user.home() / "bin/VBoxManage");
    const char* const path = std::getenv("PATH");
    user.set_variable("PATH", (user.home() / "bin").string() + ":" + (path ? path : "/usr/bin"));
    user.configure({{"vm", {{"hypervisor", "virtualbox"}}}, {"shares", nlohmann::json::array()}});
    user.install_image();
}

void succeeds(const account& user, const std::vector<std::string>& command, const char* state)
{
    const auto result = user.gangway(command);
    CAPTURE(command, result.out, result.err);
    CHECK(result.exit_status == 0);
    CHECK(user.vm_state() == state);
}

// What is in memory alone.
void the_container_has_not_noticed(const account& user)
{
    CHECK(user.docker_text({"exec", "keeper", "cat", "/dev/shm/thought"}) == "a thought");
}

}  // namespace

TEST_CASE("without VirtualBox the daemon serves, and says what to install")
{
    account user;
    user.configure({{"vm", {{"hypervisor", "virtualbox"}}}});
    user.install_image();
    user.start_daemon();
    const auto up = user.gangway({"up"});
    CAPTURE(up.err);
    CHECK(up.exit_status == 1);
    CHECK(up.err.find("VirtualBox is not installed") != std::string::npos);
}

TEST_CASE("a VM in VirtualBox starts, sleeps, is taken over and goes", "[long]")
{
    account user;
    install_virtualbox(user);
    user.start_daemon();
    import_busybox(user);
    user.docker_text({"run", "-d", "--name", "keeper", "busybox", "sleep", "100000"});
    user.docker_text({"exec", "keeper", "sh", "-c", "echo a thought >/dev/shm/thought"});

    succeeds(user, {"sleep", "--pause"}, "paused");
    the_container_has_not_noticed(user);
    succeeds(user, {"sleep", "--save"}, "saved");
    CHECK(user.virtual_machines().empty());
    the_container_has_not_noticed(user);

    user.kill_daemon();
    user.start_daemon();
    the_container_has_not_noticed(user);

    succeeds(user, {"down"}, "stopped");
    CHECK(user.virtual_machines().empty());
    succeeds(user, {"delete", "--yes"}, "absent");
    CHECK_FALSE(fs::exists(user.state_dir() / "disk.img"));
    CHECK_FALSE(fs::exists(user.state_dir() / "disk.vmdk"));
    CHECK_FALSE(fs::exists(user.state_dir() / "virtualbox"));
}
