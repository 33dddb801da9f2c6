// Starts that cannot succeed, each told in a sentence that names the trouble, to docker clients and
// to `gangway` alike, with nothing half-made left behind. No guest boots here.
#include "tests/e2e/account.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/support/unique_fd.hpp"
#include "vmctl/recent_refusals.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

using namespace e2e;
using nlohmann::json;
using test_support::eventually;
namespace fs = std::filesystem;

namespace {

// Every file of a VM in the user's state, relative to its directory. Which image was there last is
// recorded without one, too.
std::vector<std::string> state_of(const account& user)
{
    std::vector<std::string> names;
    if (!fs::exists(user.state_dir())) return names;
    for (const auto& entry : fs::recursive_directory_iterator(user.state_dir())) {
        const auto name = entry.path().lexically_relative(user.state_dir()).string();
        if (name != "image") names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool holds(const std::string& text, const std::string& word)
{
    return text.find(word) != std::string::npos;
}

// As it stands between the quotes of a JSON text.
std::string in_json(const std::string& word)
{
    const auto text = json(word).dump();
    return text.substr(1, text.size() - 2);
}

// A port of 127.0.0.1 that is in use.
class taken_port {
public:
    taken_port()
    {
        const auto any = reinterpret_cast<const sockaddr*>(&address_);
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(socket_.get(), any, sizeof address_) == 0);
        REQUIRE(::listen(socket_.get(), 1) == 0);
        socklen_t length = sizeof address_;
        REQUIRE(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address_), &length) == 0);
    }

    std::uint16_t number() const { return ntohs(address_.sin_port); }

private:
    test_support::unique_fd socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address_{};
};

void check_told(const account& user, const std::vector<std::string>& words)
{
    // What this process was told a moment ago it would be told again.
    std::this_thread::sleep_for(vmctl::recent_refusals::remembered_for);
    const auto version = user.docker().run({"version"});
    CHECK(version.exit_status == 1);
    CHECK(holds(version.err, "Error response from daemon: gangway: "));
    auto raw = test_support::raw_client::to_socket(user.docker_socket());
    raw.send("GET /containers/json HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n");
    const auto answer = raw.receive_all();
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    CHECK(holds(answer, "{\"message\":\"gangway: "));
    const auto up = user.gangway({"up"});
    CHECK(up.exit_status == 1);
    CHECK(up.err.starts_with("gangway: "));
    // Who waited is told before the remains are cleared away.
    CHECK(eventually([&] { return user.vm_state() == "failed"; }));
    const auto vm = user.vm();
    for (const auto& word : words) {
        CAPTURE(word, version.err, answer, up.err, vm.dump(2));
        CHECK(holds(version.err, word));
        CHECK(holds(answer, in_json(word)));
        CHECK(holds(up.err, word));
        CHECK(holds(vm.at("failure").get<std::string>(), word));
    }
    CHECK(user.virtual_machines().empty());
}

}  // namespace

TEST_CASE("without an image, the user is told how to build one")
{
    account user;
    user.start_daemon();
    check_told(user, {"no VM image in " + user.image_dir().string(), "appliance/build"});
    CHECK(state_of(user).empty());
    CHECK(user.gangway({"down"}).exit_status == 0);
    CHECK(user.vm_state() == "stopped");
    CHECK(user.stop_daemon() == 0);
}

TEST_CASE("an image that is damaged or incomplete is refused by its file")
{
    account user;
    auto manifest = user.real_manifest();
    manifest["files"]["root.img"]["size"] = 4711;
    user.install_image(manifest);
    user.start_daemon();
    check_told(user, {(user.image_dir() / "root.img").string(), "build the image again"});
    test_support::write_file(user.image_dir() / "manifest.json", "{\"version\": ");
    check_told(user, {(user.image_dir() / "manifest.json").string(), "build the image again"});
    fs::remove(user.image_dir() / "vmlinuz");
    test_support::write_file(user.image_dir() / "manifest.json", user.real_manifest().dump());
    check_told(user, {(user.image_dir() / "vmlinuz").string(), "is missing"});
    CHECK(state_of(user).empty());
}

TEST_CASE("a libvirt that does not run is named by its address")
{
    account user;
    const auto uri = "qemu+unix:///system?socket=" + (user.home() / "no-libvirt").string();
    user.configure({{"vm", {{"libvirt_uri", uri}}}});
    user.install_image();
    user.start_daemon();
    check_told(user, {"cannot connect to libvirt at " + uri, "install libvirt-daemon"});
    CHECK(state_of(user).empty());
}

TEST_CASE("a libvirt that is not installed is named by its package")
{
    account user;
    // libvirt's own way to say where its daemon is.
    user.set_variable("LIBVIRTD_PATH", user.home() / "no-libvirtd");
    user.install_image();
    user.start_daemon();
    // Once only: libvirt waits a while for its daemon, and a docker client asks several times.
    const auto up = user.gangway({"up"});
    CAPTURE(up.err);
    CHECK(up.exit_status == 1);
    CHECK(holds(up.err, "gangway: the VM could not be started: cannot connect to libvirt at "));
    CHECK(holds(up.err, "qemu:///session"));
    CHECK(holds(up.err, "install libvirt-daemon"));
    CHECK(state_of(user).empty());
}

TEST_CASE("a port that another program has taken is named")
{
    account user;
    const taken_port taken;
    const auto port = taken.number();
    user.configure({{"vm", {{"engine_port", port}, {"disk", "1GiB"}}}});
    user.install_image();
    user.start_daemon();
    check_told(user, {"port " + std::to_string(port) + " on 127.0.0.1 is taken", "vm.engine_port"});
}

TEST_CASE("a state directory that cannot be written is named")
{
    account user;
    user.install_image();
    fs::permissions(user.home() / "state", fs::perms::owner_read | fs::perms::owner_exec);
    user.start_daemon();
    check_told(user, {(user.home() / "state").string(), "Permission denied"});
    fs::permissions(user.home() / "state", fs::perms::owner_all);
    CHECK(state_of(user).empty());
}

TEST_CASE("a full disk is told, and leaves no half-made disk")
{
    account user;
    user.install_image();
    // A file system of our own in a namespace of our own, because no real one may be filled.
    const std::vector<std::string> namespaces{
        "unshare", "--user", "--map-current-user", "--keep-caps", "--mount"};
    auto probe = namespaces;
    probe.emplace_back("true");
    if (test_support::run({.arguments = probe}).exit_status != 0) {
        WARN("this machine allows no user namespaces, so a full disk is not tested");
        return;
    }
    auto around = namespaces;
    around.insert(
        around.end(),
        {"sh",
         "-c",
         "mount -t tmpfs -o size=512k,mode=700 small \"$0\" && exec \"$@\"",
         (user.home() / "state").string()}
    );
    user.start_daemon(around);
    check_told(user, {"cannot make the data disk", "disk.img", "No space left on device"});
    // The namespace is seen through the daemon.
    const auto state = fs::path("/proc") / std::to_string(user.daemon_pid()) / "root" /
                       user.state_dir().relative_path();
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(state)) {
        CAPTURE(entry.path());
        ++files;
        CHECK(entry.path().filename() != "disk.img");
        CHECK(!entry.path().string().ends_with(".partial"));
    }
    // What could be made is whole, and is used the next time.
    CHECK(files > 0);
}
