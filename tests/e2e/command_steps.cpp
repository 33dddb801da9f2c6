// The steps, each against the real VM.
#include "tests/e2e/command_steps.hpp"

#include "tests/e2e/host_ports.hpp"
#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

using nlohmann::json;
using test_support::run;
namespace fs = std::filesystem;

namespace e2e {
namespace {

json json_of(const account& user, const std::string& command)
{
    const auto result = user.gangway({command, "--json"});
    CAPTURE(result.err);
    REQUIRE(result.exit_status == 0);
    return json::parse(result.out);
}

// A program of this user that knows no docker socket by itself.
std::string told_nothing(const account& user, std::vector<std::string> command)
{
    auto environment = user.environment();
    environment["DOCKER_HOST"] = std::nullopt;
    environment["DOCKER_CONTEXT"] = std::nullopt;
    environment["DOCKER_CONFIG"] = (user.home() / "context").string();
    const auto result =
        run({.arguments = std::move(command), .environment = environment}, boot_patience);
    CAPTURE(result.out, result.err);
    CHECK(result.exit_status == 0);
    return result.out;
}

}  // namespace

void commands_tell_of_the_vm(const account& user)
{
    CHECK(user.gangway({"ip"}).out == "127.0.0.1\n");
    const auto info = json_of(user, "info");
    CHECK(info.at("State") == "running");
    CHECK(info.at("SSHPort") == user.vm().at("ssh").at("port"));
    const auto mounts = json_of(user, "mounts");
    CHECK(mounts.size() == user.vm().at("shares").at("directories").size());
    CHECK(!mounts.empty());

    const auto told = user.docker_text({"port", "web"});
    const auto id = user.docker_text({"inspect", "-f", "{{.Id}}", "web"});
    const auto ports = json_of(user, "ports");
    CAPTURE(told, ports.dump());
    CHECK(!ports.empty());
    for (const auto& each : ports) {
        if (each.at("container") != id) continue;
        CHECK(told.find(":" + std::to_string(each.at("port").get<int>())) != std::string::npos);
    }
    CHECK(std::ranges::any_of(ports, [&](const json& each) { return each.at("container") == id; }));
    CHECK(user.gangway({"ports"}).out.find(id.substr(0, 12)) != std::string::npos);
}

void its_disk_grows_while_it_is_used(const account& user)
{
    constexpr auto kilobytes = "df -P /var/lib/docker/ | awk 'NR == 2 { print $2 }'";
    const auto size = [&] { return std::stoull(user.gangway({"ssh", kilobytes}).out) / 1024; };
    CHECK(size() < 65 * 1024);
    const auto smaller = user.gangway({"disk", "grow", "1GiB"});
    CHECK(smaller.exit_status == 1);
    CHECK(smaller.err.find("it has 64GiB already") != std::string::npos);
    const auto grown = user.gangway({"disk", "grow", "80GiB"});
    CAPTURE(grown.err);
    CHECK(grown.exit_status == 0);
    CHECK(user.docker_text({"ps", "-q", "--filter", "name=web"}).size() == 12);
    // Some of it is for the file system itself.
    CHECK(size() > 75 * 1024);
    CHECK(user.vm().at("holds").at("disk_limit") == 80ULL << 30U);
}

void files_are_copied_in_and_out(const account& user)
{
    const auto here = user.home() / "a letter";
    test_support::write_file(here, "dear guest");
    CHECK(user.gangway({"cp", here.string(), "vm:/tmp/letter"}).exit_status == 0);
    CHECK(user.gangway({"ssh", "cat /tmp/letter"}).out == "dear guest");
    fs::create_directory(user.home() / "back");
    CHECK(
        user.gangway({"scp", "-q", "vm:/tmp/letter", (user.home() / "back").string()})
            .exit_status == 0
    );
    CHECK(test_support::read_file(user.home() / "back/letter") == "dear guest");
}

void clients_find_the_engine(const account& user)
{
    const auto gangway = shared_premises().gangway().string();
    const std::vector<std::string> names{"docker", "ps", "--filter", "name=web", "--format"};
    auto ask = names;
    ask.push_back("{{.Names}}");
    told_nothing(user, {gangway, "context", "install", "--use"});
    CHECK(told_nothing(user, ask) == "web\n");
    told_nothing(user, {gangway, "context", "remove"});
    CHECK(told_nothing(user, {"docker", "context", "inspect", "-f", "{{.Name}}"}) == "default\n");
    CHECK(
        told_nothing(
            user,
            {"sh",
             "-c",
             "eval \"$(\"$0\" env --shell sh)\" && docker ps -f name=web --format '{{.Names}}'",
             gangway}
        ) == "web\n"
    );
}

void deleted_in_its_sleep_it_leaves_nothing(const account& user, const std::string& port)
{
    const auto disk = user.state_dir() / "disk.img";
    const auto saved = user.home() / "config/libvirt/qemu/save";
    // Who connected to it would wake the VM.
    CHECK(user.gangway({"ports", "--json"}).out.find(port) != std::string::npos);
    CHECK(fs::exists(user.state_dir() / "memory.zst"));
    CHECK(test_support::eventually([&] { return fs::exists(user.state_dir() / "asleep"); }));
    CHECK(!fs::is_empty(saved));
    const auto nobody_asked = user.gangway({"delete"});
    CHECK(nobody_asked.exit_status == 2);
    CHECK(fs::exists(disk));
    CHECK(user.vm_state() == "saved");
    CHECK(user.virtual_machines().empty());
    CHECK(user.gangway({"delete", "--yes"}).exit_status == 0);
    CHECK(user.vm_state() == "absent");
    CHECK(!is_open(port));
    CHECK(test_support::eventually([&] { return !fs::exists(user.state_dir() / "asleep"); }));
    for (const auto* const name : {"disk.img", "pki", "ssh", "serial.log", "memory.zst"}) {
        CAPTURE(name);
        CHECK(!fs::exists(user.state_dir() / name));
    }
    CHECK(fs::is_empty(saved));
    CHECK(!fs::exists(user.home() / "config/libvirt/qemu/gangway-default.xml"));
}

}  // namespace e2e
