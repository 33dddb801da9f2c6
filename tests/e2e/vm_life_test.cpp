// The whole life of one VM, told once because each start of it is expensive: three boots.
#include "tests/e2e/account.hpp"
#include "tests/e2e/busybox.hpp"
#include "tests/e2e/command_steps.hpp"
#include "tests/e2e/disk_check.hpp"
#include "tests/e2e/engine_steps.hpp"
#include "tests/e2e/image_steps.hpp"
#include "tests/e2e/port_steps.hpp"
#include "tests/e2e/premises.hpp"
#include "tests/e2e/share_steps.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/support/test_pki.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>

using namespace e2e;
using nlohmann::json;
using test_support::eventually;
using test_support::patience;
using test_support::process;
using test_support::run;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path)
{
    struct stat status {};

    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

// Without the last line end.
std::string text_of(const test_support::process_result& result)
{
    CAPTURE(result.err);
    CHECK(result.exit_status == 0);
    return result.out.substr(0, result.out.find_last_not_of('\n') + 1);
}

std::vector<std::string> stages_of(const json& vm)
{
    std::vector<std::string> names;
    for (const auto& stage : vm.at("timeline")) names.push_back(stage.at("stage"));
    return names;
}

// The steps of the story. Each leaves the VM in the state in which the next one finds it.

void the_first_two_clients_get_one_vm(account& user)
{
    user.install_image();
    user.start_daemon();
    CHECK(user.virtual_machines().empty());
    process first(user.docker().command({"version", "--format", "{{.Server.Version}}"}));
    process second(user.docker().command({"ps", "--quiet"}));
    CHECK(eventually([&] { return user.vm().at("leases").at("waiting") == 2; }));
    const auto answered = first.finish(boot_patience);
    CAPTURE(answered.err);
    REQUIRE(answered.exit_status == 0);
    CHECK(answered.out.starts_with("2"));
    CHECK(second.finish(boot_patience).exit_status == 0);
    CHECK(user.virtual_machines().size() == 1);
}

void the_status_tells_how_it_came_to_be(const account& user)
{
    const auto vm = user.vm();
    CAPTURE(vm.dump(2));
    CHECK(vm.at("state") == "ready");
    CHECK(vm.at("started_for").get<std::string>().starts_with("docker (pid "));
    CHECK(vm.at("failure") == "");
    CHECK(std::vector<pid_t>{vm.at("process_id").get<pid_t>()} == user.virtual_machines());
    auto stages = stages_of(vm);
    REQUIRE(!stages.empty());
    CHECK(stages.front() == "image");
    CHECK(stages.back() == "ready");
    // The guest reports its own in no fixed order, and the engine may answer before its report.
    std::sort(stages.begin(), stages.end());
    const std::vector<std::string> expected{
        "containerd",
        "define",
        "disk",
        "files",
        "image",
        "kernel",
        "network",
        "power-on",
        "root",
        "shares"};
    CHECK(std::includes(stages.begin(), stages.end(), expected.begin(), expected.end()));
    CHECK(text_of(user.gangway({"status"})).find("ready") != std::string::npos);
    CHECK(text_of(user.gangway({"up"})).find("ready") != std::string::npos);
}

void what_is_secret_stays_with_the_user(const account& user)
{
    CHECK(mode_of(user.runtime_dir()) == 0700);
    CHECK(mode_of(user.docker_socket()) == 0600);
    CHECK(mode_of(user.runtime_dir() / "control.sock") == 0600);
    CHECK(mode_of(user.state_dir()) == 0700);
    // The engine's private key is on it.
    CHECK(mode_of(user.state_dir() / "disk.img") == 0600);
    int keys = 0;
    for (const auto& entry : fs::recursive_directory_iterator(user.state_dir())) {
        CAPTURE(entry.path());
        CHECK(!entry.path().string().ends_with(".partial"));
        if (entry.is_directory()) CHECK(mode_of(entry.path()) == 0700);
        if (!entry.is_regular_file() || entry.path().filename() == "disk.img") continue;
        const auto content = test_support::read_file(entry.path());
        if (content.find("PRIVATE KEY-----") == std::string::npos) continue;
        ++keys;
        CHECK(mode_of(entry.path()) == 0600);
    }
    // Of the authority, the engine, the client, the guest's ssh server and its user.
    CHECK(keys == 5);
}

void a_container_runs_on_the_guests_kernel(const account& user)
{
    import_busybox(user);
    const auto kernel = user.docker_text({"run", "--rm", "busybox", "uname", "-r"});
    CHECK(kernel == user.real_manifest().at("packages").at("linux"));
    CHECK(kernel == text_of(user.gangway({"ssh", "uname", "-r"})));
    CHECK(
        user.docker_text(
            {"run", "--rm", "-i", "busybox", "tr", "a-z", "A-Z"},
            test_support::piped_text{"from here to there and back"}
        ) == "FROM HERE TO THERE AND BACK"
    );
    user.docker_text(
        {"run", "--rm", "-v", "treasure:/t", "busybox", "sh", "-c", "echo gold >/t/chest && sync"}
    );
}

void ssh_and_logs_reach_the_guest(const account& user)
{
    CHECK(user.gangway({"ssh", "exit 7"}).exit_status == 7);
    CHECK(text_of(user.gangway({"ssh", "id", "-un"})) == "docker");
    CHECK(
        text_of(user.gangway({"logs", "--serial"})).find("gangway-stage engine ") !=
        std::string::npos
    );
    CHECK(text_of(user.gangway({"logs"})).find("the VM is ready") != std::string::npos);
}

void only_our_own_certificate_opens_the_engine(const account& user)
{
    const auto port = user.vm().at("engine_port").get<std::uint16_t>();
    REQUIRE(port != 0);
    auto plain = test_support::raw_client::to_port(port);
    plain.send("GET /version HTTP/1.1\r\nHost: docker\r\n\r\n");
    const auto answer = plain.receive_all();
    CAPTURE(answer);
    CHECK(answer.find("HTTPS") != std::string::npos);
    CHECK(answer.find("ApiVersion") == std::string::npos);

    const auto pki = test_support::make_test_pki(user.home() / "others");
    const auto own = user.state_dir() / "pki";
    // `--tls` without verification: it is the engine's refusal that is tested.
    const auto ask = [&](const std::vector<std::string>& identity) {
        std::vector<std::string> command{
            "docker",
            "-H",
            "tcp://127.0.0.1:" + std::to_string(port),
            "--tls",
            "--tlscacert",
            (own / "ca.pem").string()};
        command.insert(command.end(), identity.begin(), identity.end());
        command.insert(command.end(), {"version", "--format", "{{.Server.Version}}"});
        return run({.arguments = command, .environment = {{"HOME", user.home() / "client"}}});
    };
    const auto identity = [](const fs::path& directory) {
        return std::vector<std::string>{
            "--tlscert", directory / "cert.pem", "--tlskey", directory / "key.pem"};
    };
    const auto ours = ask(identity(own));
    CAPTURE(ours.err);
    CHECK(ours.exit_status == 0);
    const auto strangers = ask(identity(pki.stranger));
    CAPTURE(strangers.err);
    CHECK(strangers.exit_status != 0);
    CHECK(strangers.err.find("tls: ") != std::string::npos);
    const auto nobodys = ask({});
    CAPTURE(nobodys.err);
    CHECK(nobodys.exit_status != 0);
    CHECK(nobodys.err.find("tls: ") != std::string::npos);
}

void a_later_daemon_takes_the_running_vm_over(account& user, const json& settings)
{
    user.docker_text(
        {"run",
         "-d",
         "--name",
         "talker",
         "--stop-signal=KILL",
         "busybox",
         "sh",
         "-c",
         "echo hello; sleep 100000"}
    );
    const auto before = user.virtual_machines();
    const auto boot = user.gangway({"ssh", "cat /proc/sys/kernel/random/boot_id"}).out;
    process logs(user.docker().command({"logs", "--follow", "talker"}));
    logs.expect_output("hello\n");
    CHECK(user.stop_daemon() == 0);
    CHECK(logs.wait(patience).has_value());
    CHECK(!fs::exists(user.docker_socket()));
    CHECK(user.virtual_machines() == before);

    user.configure(settings);
    user.start_daemon();
    CHECK(user.docker_text({"ps", "--format", "{{.Names}}"}) == "talker\nweb");
    CHECK(user.virtual_machines() == before);
    CHECK(user.gangway({"ssh", "cat /proc/sys/kernel/random/boot_id"}).out == boot);
    CHECK(stages_of(user.vm()).front() == "adopt");
}

// It starts again with the next call, and knows the VM still.
void a_killed_libvirt_is_not_missed(const account& user)
{
    const auto machine = user.virtual_machines();
    const auto daemons = user.processes("libvirtd");
    REQUIRE(daemons.size() == 1);
    REQUIRE(::kill(daemons.front(), SIGKILL) == 0);
    CHECK(user.docker_text({"ps", "--format", "{{.Names}}"}).find("talker") != std::string::npos);
    CHECK(user.gangway({"sleep", "--pause"}).exit_status == 0);
    CHECK(user.vm_state() == "paused");
    CHECK(user.docker_text({"exec", "talker", "echo", "here"}) == "here");
    CHECK(user.virtual_machines() == machine);
}

void a_killed_vm_comes_back(const account& user)
{
    process logs(user.docker().command({"logs", "--follow", "talker"}));
    process exit(user.docker().command({"wait", "talker"}));
    process shell(user.docker().command({"attach", "--no-stdin", "talker"}));
    logs.expect_output("hello\n");
    // The client waits for the exit status of what it is attached to.
    CHECK(eventually([&] { return user.vm().at("leases").at("active") == 3; }));
    const auto killed = user.virtual_machines();
    REQUIRE(killed.size() == 1);
    REQUIRE(::kill(killed.front(), SIGKILL) == 0);
    // At once, whether libvirt has noticed or not: the call starts the VM again, and the data is
    // there.
    CHECK(
        user.docker_text({"run", "--rm", "-v", "treasure:/t", "busybox", "cat", "/t/chest"}) ==
        "gold"
    );
    CHECK(user.vm().at("stopped_by") == "was killed");
    CHECK(user.vm().at("started_for").get<std::string>().starts_with("docker (pid "));
    REQUIRE(user.virtual_machines().size() == 1);
    CHECK(user.virtual_machines() != killed);
    CHECK(user.docker_text({"inspect", "-f", "{{.State.Running}}", "talker"}) == "false");
    // Who waited for the container, or for what it says, is told its end; who was attached to it
    // too.
    CHECK(exit.wait(patience) == 0);
    CHECK(
        exit.out() == user.docker_text({"inspect", "-f", "{{.State.ExitCode}}", "talker"}) + "\n"
    );
    CHECK(logs.wait(patience) == 0);
    CHECK(logs.out() == "hello\n");
    CHECK(shell.wait(patience).has_value());
}

void an_upgrade_keeps_the_data(const account& user)
{
    const auto before = user.virtual_machines();
    const auto boot = user.gangway({"ssh", "cat /proc/sys/kernel/random/boot_id"}).out;
    // Without a terminal, a plain line a stage.
    const auto told = upgrades(user);
    for (const auto* const stage :
         {"unpack", "verify", "files", "power-on", "containerd", "ready after"}) {
        CAPTURE(told, stage);
        CHECK(told.find(stage) != std::string::npos);
    }
    CHECK(user.virtual_machines().size() == 1);
    CHECK(user.virtual_machines() != before);
    CHECK(user.gangway({"ssh", "cat /proc/sys/kernel/random/boot_id"}).out != boot);
    CHECK(
        user.docker_text({"run", "--rm", "-v", "treasure:/t", "busybox", "cat", "/t/chest"}) ==
        "gold"
    );
    CHECK(user.docker_text({"ps", "--all", "--format", "{{.Names}}"}) == "talker\nweb");
    const auto mount = archive_of(user).string() + ":/a";
    CHECK(user.docker_text({"run", "--rm", "-v", mount, "busybox", "cat", "/a/book"}) == "text");
}

// It goes on for that.
void down_ends_a_saved_one_in_order(const account& user)
{
    user.docker_text({"rm", "-f", "web"});  // which has a share mounted
    const auto saved = user.gangway({"save"});
    CAPTURE(saved.err);
    CHECK(saved.exit_status == 0);
    CHECK(user.vm_state() == "saved");
    CHECK(user.gangway({"down"}).exit_status == 0);
    CHECK(user.virtual_machines().empty());
    const auto vm = user.vm();
    CHECK(vm.at("state") == "stopped");
    CHECK(vm.at("stopped_by").get<std::string>().starts_with("gangway (pid "));
    the_disk_is_clean(user);
    const auto ssh = user.gangway({"ssh", "true"});
    CHECK(ssh.exit_status != 0);
    CHECK(ssh.err.find("gangway up") != std::string::npos);
    // Asked again, there is nothing to do.
    CHECK(user.gangway({"down"}).exit_status == 0);
    CHECK(user.vm_state() == "stopped");
}

}  // namespace

TEST_CASE("from nothing to a running container, through death and restart, to power off")
{
    account user;
    company_network company(user);
    json settings = {{"shares", shares_with_an_archive(user)}, {"engine", company.settings()}};
    user.configure(settings);
    the_first_two_clients_get_one_vm(user);
    the_status_tells_how_it_came_to_be(user);
    what_is_secret_stays_with_the_user(user);
    a_container_runs_on_the_guests_kernel(user);
    ssh_and_logs_reach_the_guest(user);
    the_users_files_are_the_containers(user);
    a_read_only_share_cannot_be_written(user);
    what_the_guest_needs_itself_is_shared_elsewhere(user);
    what_is_not_shared_is_refused(user);
    const published ports;
    what_containers_publish_is_open_here(user, ports);
    commands_tell_of_the_vm(user);
    its_disk_grows_while_it_is_used(user);
    files_are_copied_in_and_out(user);
    clients_find_the_engine(user);
    every_way_of_publishing_survives_a_crash(user);
    an_address_of_the_host_can_be_chosen(user);
    what_listens_on_the_engines_network_is_open_here(user);
    containers_reach_the_host(user);
    only_our_own_certificate_opens_the_engine(user);
    company.is_used(user);
    settings["engine"] = changed_settings(company);
    a_later_daemon_takes_the_running_vm_over(user, settings);
    the_engine_takes_over_what_it_can(user);
    what_was_published_is_open_again(ports);
    a_killed_libvirt_is_not_missed(user);
    a_killed_vm_comes_back(user);
    an_upgrade_keeps_the_data(user);
    the_engine_has_all_settings(user);
    what_was_published_is_open_again(ports);
    down_ends_a_saved_one_in_order(user);
    CHECK(user.stop_daemon() == 0);
}
