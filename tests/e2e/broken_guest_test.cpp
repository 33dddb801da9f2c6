// Guests that never get ready: they are given up at the deadline or on request, with the reason and
// the end of the serial log, and their power is off afterwards.
#include "tests/e2e/account.hpp"
#include "tests/e2e/premises.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"
#include "vmctl/recent_refusals.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace e2e;
using nlohmann::json;
using test_support::eventually;
using test_support::raw_client;
namespace fs = std::filesystem;

namespace {

// A guest whose first program says that it has come so far, and nothing ever again.
void install_stuck_image(const account& user)
{
    auto manifest = user.real_manifest();
    manifest["cmdline"] =
        "console=ttyS0,115200 loglevel=3 panic=1 rdinit=/bin/busybox -- "
        "sh -c \"echo gangway-stage kernel 0.50; echo the stone in the way; exec /bin/busybox "
        "sleep 1000000\"";
    user.install_image(manifest);
}

// Asks once, where a docker client would ask again and so start the VM again.
raw_client waiting_client(const account& user)
{
    auto client = raw_client::to_socket(user.docker_socket());
    client.send("GET /version HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n");
    return client;
}

bool kernel_runs(const account& user)
{
    const auto vm = user.vm();
    for (const auto& stage : vm.at("timeline")) {
        if (stage.at("stage") == "kernel") return true;
    }
    return false;
}

}  // namespace

TEST_CASE(
    "a guest that misses the deadline is switched off, its stage and last words told", "[long]"
)
{
    account user;
    install_stuck_image(user);
    // Long enough for an emulated kernel on a busy machine.
    user.configure({{"vm", {{"boot_timeout", "25s"}, {"disk", "1GiB"}}}});
    user.start_daemon();
    // A docker client would ask more than once, and wait for as many starts.
    const auto up = user.gangway({"up"});
    CAPTURE(up.err);
    CHECK(up.exit_status == 1);
    for (const auto* const words :
         {"gangway: the VM could not be started: the VM was not ready within 25 s",
          "its stage \"root\" did not complete",
          "vm.boot_timeout",
          "the stone in the way"}) {
        CAPTURE(words);
        CHECK(up.err.find(words) != std::string::npos);
    }
    CHECK(eventually([&] { return user.vm_state() == "failed"; }));
    CHECK(user.virtual_machines().empty());
    CHECK(user.stop_daemon() == 0);
}

TEST_CASE("a start can be called off, and ends with a daemon that is to shut down its VM")
{
    account user;
    install_stuck_image(user);
    user.configure({{"vm", {{"when_daemon_exits", "shut_down"}, {"disk", "1GiB"}}}});
    user.start_daemon();
    {
        auto client = waiting_client(user);
        REQUIRE(eventually([&] { return kernel_runs(user); }, boot_patience));
        CHECK(user.virtual_machines().size() == 1);
        CHECK(client.is_silent());
        CHECK(user.gangway({"down"}).exit_status == 0);
        CHECK(user.virtual_machines().empty());
        CHECK(user.vm_state() == "stopped");
        const auto told = client.receive_all();
        CAPTURE(told);
        CHECK(told.starts_with("HTTP/1.1 503 "));
        CHECK(told.find("gangway: the VM was stopped by gangway (pid ") != std::string::npos);
    }
    // We are the process that was just told.
    std::this_thread::sleep_for(vmctl::recent_refusals::remembered_for);
    auto client = waiting_client(user);
    REQUIRE(eventually([&] { return kernel_runs(user); }, boot_patience));
    CHECK(user.virtual_machines().size() == 1);
    CHECK(user.stop_daemon() == 0);
    CHECK(user.virtual_machines().empty());
    CHECK(client.receive_all().find("\"ApiVersion\"") == std::string::npos);
}

TEST_CASE("a guest that cannot start says why")
{
    account user;
    user.install_image(user.real_manifest());
    // As large as the real one, but no file system.
    const auto root = user.image_dir() / "root.img";
    const auto size = fs::file_size(root);
    fs::remove(root);
    test_support::write_file(root, "");
    fs::resize_file(root, size);
    user.configure({{"vm", {{"disk", "1GiB"}}}});
    user.start_daemon();
    const auto up = user.gangway({"up"});
    CAPTURE(up.err);
    CHECK(up.exit_status == 1);
    CHECK(up.err.find("its stage \"root\" failed") != std::string::npos);
    CHECK(up.err.find("cannot be mounted") != std::string::npos);
    CHECK(eventually([&] { return user.vm_state() == "failed"; }));
    CHECK(user.virtual_machines().empty());
}
