// The steps, each against the real VM.
#include "tests/e2e/host_steps.hpp"

#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

using nlohmann::json;
using test_support::eventually;
using test_support::process;
namespace fs = std::filesystem;

namespace e2e {
namespace {

// Of "80/tcp -> 0.0.0.0:8080" and the like, the first that is none of ours.
std::string chosen_port(const std::string& shown, const published& ports)
{
    std::istringstream lines(shown);
    for (std::string line; std::getline(lines, line);) {
        const auto port = line.substr(line.rfind(':') + 1);
        if (port != ports.everywhere && port != ports.loopback) return port;
    }
    return "none";
}

}  // namespace

fs::path archive_of(const account& user)
{
    return user.home().string() + "-archive";
}

void share_an_archive(const account& user)
{
    fs::create_directory(archive_of(user));
    test_support::write_file(archive_of(user) / "book", "text\n");
    user.configure({{"shares", {"~/", archive_of(user).string() + ":ro", "/etc:ro"}}});
}

// Each line is what a check in the container printed.
void the_users_files_are_the_containers(const account& user)
{
    const auto work = user.home() / "my work, na\xC3\xAFve";
    fs::create_directories(work);
    test_support::write_file(work / "in", "from the host\n");
    const auto script = R"(
        cd /w && cat in && echo out >out && mv out 'new
name' && ln -s in link && cat link && chmod 700 in && ! chown 4:4 in 2>/dev/null
        flock in flock -n in true || echo locked
        mkdir -p deep/er && cp in deep/er && rm -r deep
        dd if=/dev/zero of=big bs=1 count=1 seek=4294967296 2>/dev/null && stat -c %s big
    )";
    CHECK(
        user.docker_text({"run", "--rm", "-v", work.string() + ":/w", "busybox", "sh", "-c", script}
        ) == "from the host\nfrom the host\nlocked\n4294967297"
    );
    for (const auto* const name : {"in", "new\nname", "big"}) {
        struct stat status {};

        CAPTURE(name);
        REQUIRE(::stat((work / name).c_str(), &status) == 0);
        CHECK(status.st_uid == ::geteuid());
    }
    CHECK((fs::status(work / "in").permissions() & fs::perms::mask) == fs::perms::owner_all);
    CHECK(fs::read_symlink(work / "link") == "in");
    // docs/compatibility.md tells of the shared mmap.
    fs::copy_file(shared_premises().container_probe(), work / "probe");
    CHECK(
        user.docker_text(
            {"run", "--rm", "-v", work.string() + ":/w", "-w", "/w", "busybox", "./probe", "files"}
        ) == "mmap to read: a\nprivate mmap: a\nshared mmap: Invalid argument\nfcntl lock: yes"
    );
    // What the host changes is seen by who has the file open.
    user.docker_text(
        {"run",
         "-d",
         "--name",
         "reader",
         "-v",
         work.string() + ":/w",
         "busybox",
         "sh",
         "-c",
         "cd /w && exec <in; read line; while ! [ -e go ]; do sleep 0.1; done; read line; echo "
         "\"$line\""}
    );
    std::ofstream(work / "in", std::ios::app) << "more\n";
    test_support::write_file(work / "go", "");
    CHECK(user.docker_text({"wait", "reader"}) == "0");
    CHECK(user.docker_text({"logs", "reader"}) == "more");
    user.docker_text({"rm", "reader"});
    // A directory that is missing is made here, and the user's.
    user.docker_text({"run", "--rm", "-v", (work / "made").string() + ":/m", "busybox", "true"});
    CHECK(fs::is_directory(work / "made"));
}

// The hypervisor refuses, whatever the guest does.
void a_read_only_share_cannot_be_written(const account& user)
{
    const auto archive = archive_of(user);
    const auto mount = archive.string() + ":/a";
    CHECK(user.docker_text({"run", "--rm", "-v", mount, "busybox", "cat", "/a/book"}) == "text");
    const auto write = "sudo mount -o remount,rw " + archive.string() + "; echo x | sudo tee " +
                       (archive / "book").string();
    CHECK(user.gangway({"ssh", write}).exit_status != 0);
    CHECK(test_support::read_file(archive / "book") == "text\n");
    const auto shares = user.vm().at("shares");
    CHECK(shares.at("transport") == "9p");
    CHECK(
        shares.at("directories") == json{user.home().string(), archive.string() + ":ro", "/etc:ro"}
    );
}

void what_the_guest_needs_itself_is_shared_elsewhere(const account& user)
{
    user.docker_text({"run", "--name", "reads", "-v", "/etc/passwd:/p:ro", "busybox", "cat", "/p"});
    CHECK(user.docker_text({"logs", "reads"}) + "\n" == test_support::read_file("/etc/passwd"));
    const auto told = json::parse(user.docker_text({"inspect", "reads"}));
    CHECK(told.at(0).at("HostConfig").at("Binds") == json{"/etc/passwd:/p:ro"});
    CHECK(told.at(0).at("Mounts").at(0).at("Source") == "/etc/passwd");
    CHECK(
        user.docker_text(
            {"ps", "-a", "--no-trunc", "--filter", "name=reads", "--format", "{{.Mounts}}"}
        ) == "/etc/passwd"
    );
    user.docker_text({"rm", "reads"});
    // The guest would follow the link to its own file.
    const auto link = user.home() / "people";
    fs::create_symlink("/etc/passwd", link);
    CHECK(
        user.docker_text({"run", "--rm", "-v", link.string() + ":/p:ro", "busybox", "cat", "/p"}) +
            "\n" ==
        test_support::read_file("/etc/passwd")
    );
    user.docker_text(
        {"volume", "create", "-o", "o=bind", "-o", "type=none", "-o", "device=/etc", "settings"}
    );
    CHECK(
        user.docker_text({"volume", "inspect", "-f", "{{.Options.device}}", "settings"}) == "/etc"
    );
    user.docker_text({"volume", "rm", "settings"});
}

void what_is_not_shared_is_refused(const account& user)
{
    const auto refused = user.docker().run(
        {"run", "--rm", "-v", "/opt/nothing:/w", "busybox", "true"},
        test_support::no_input{},
        boot_patience
    );
    CHECK(refused.exit_status == 125);
    CHECK_THAT(
        refused.err,
        Catch::Contains("/opt/nothing is not shared") && Catch::Contains(user.home().string())
    );
    // The engine's own socket, as testcontainers and Portainer ask for it.
    CHECK(
        user.docker_text(
            {"run",
             "--rm",
             "-v",
             user.docker_socket().string() + ":/s",
             "busybox",
             "sh",
             "-c",
             "[ -S /s ] && echo socket"}
        ) == "socket"
    );
}

void what_containers_publish_is_open_here(const account& user, const published& ports)
{
    const auto probe = user.home() / "probe";
    fs::copy_file(shared_premises().container_probe(), probe);
    const auto only_here = "127.0.0.1:" + ports.loopback;
    user.docker_text(
        {"run",
         "-d",
         "--restart=always",
         "--name",
         "web",
         "-p",
         ports.everywhere + ":80",
         "-p",
         only_here + ":80",
         "-p",
         "80",
         "-p",
         only_here + ":53/udp",
         "-v",
         probe.string() + ":/probe",
         "busybox",
         "sh",
         "-c",
         "mkdir -p /w; echo page >/w/index.html; httpd -p 80 -h /w; exec /probe udp 53"}
    );
    const auto shown = user.docker_text({"port", "web"});
    CHECK_THAT(
        shown,
        Catch::Contains("80/tcp -> 0.0.0.0:" + ports.everywhere) &&
            Catch::Contains("80/tcp -> " + only_here) && Catch::Contains("53/udp -> " + only_here)
    );
    for (const auto& port : {ports.everywhere, ports.loopback, chosen_port(shown, ports)}) {
        CAPTURE(port);
        CHECK(eventually([&, &at = port] { return page_at(at) == "page\n"; }));
    }
    CHECK(eventually([&] { return echo_of("hello", ports.loopback) == "hello"; }));

    const held_port taken;
    const auto refused = user.docker().run(
        {"run", "--name", "refused", "-p", taken.number() + ":80", "busybox", "true"},
        test_support::no_input{},
        boot_patience
    );
    CHECK(refused.exit_status == 125);
    CHECK_THAT(
        refused.err,
        Catch::Contains("driver failed programming external connectivity on endpoint refused") &&
            Catch::Contains(taken.number() + ": bind: address already in use")
    );
    CHECK(user.docker_text({"inspect", "-f", "{{.State.Status}}", "refused"}) == "created");
    user.docker_text({"rm", "refused"});

    user.docker_text({"stop", "-t", "0", "web"});
    CHECK(eventually([&] { return page_at(ports.everywhere).empty(); }));
    user.docker_text({"start", "web"});
    CHECK(eventually([&] { return page_at(ports.everywhere) == "page\n"; }));
}

void an_address_of_the_host_can_be_chosen(const account& user)
{
    const auto address = outer_address();
    if (address.empty()) return;
    const auto port = free_port();
    user.docker_text(
        {"run",
         "-d",
         "--name",
         "outer",
         "-p",
         address + ":" + port + ":80",
         "busybox",
         "sh",
         "-c",
         "mkdir -p /w; echo outer >/w/index.html; exec httpd -f -p 80 -h /w"}
    );
    CHECK(eventually([&] { return page_at(port, address) == "outer\n"; }));
    CHECK_FALSE(is_open(port));
    user.docker_text({"rm", "-f", "outer"});
    // One that is nobody's.
    const auto refused = user.docker().run(
        {"run", "--rm", "--name", "nowhere", "-p", "192.0.2.77:" + port + ":80", "busybox", "true"},
        test_support::no_input{},
        boot_patience
    );
    CHECK(refused.exit_status == 125);
    CHECK_THAT(refused.err, Catch::Contains("bind: cannot assign requested address"));
    CHECK(user.docker().run({"inspect", "nowhere"}).exit_status != 0);
}

void what_listens_on_the_engines_network_is_open_here(const account& user)
{
    const auto first = free_port();
    const auto second = free_port();
    const auto serve =
        "mkdir -p /w; echo inner >/w/index.html; httpd -p " + first +
        " -h /w; while ! [ -e /next ]; do sleep 0.2; done; exec httpd -f -p 127.0.0.1:" + second +
        " -h /w";
    user.docker_text(
        {"run", "-d", "--name", "inner", "--network", "host", "busybox", "sh", "-c", serve}
    );
    CHECK(eventually([&] { return page_at(first) == "inner\n"; }));
    user.docker_text({"exec", "inner", "touch", "/next"});
    CHECK(eventually([&] { return page_at(second) == "inner\n"; }));
    CHECK(page_at(first) == "inner\n");
    user.docker_text({"rm", "-f", "inner"});
    CHECK(eventually([&] { return !is_open(first) && !is_open(second); }));
}

void what_a_service_publishes_is_open_here(const account& user)
{
    const auto routed = free_port();
    const auto direct = free_port();
    user.docker_text({"swarm", "init"});
    user.docker_text(
        {"service",
         "create",
         "--detach",
         "--no-resolve-image",
         "-p",
         routed + ":80",
         "-p",
         "mode=host,target=80,published=" + direct,
         "busybox",
         "sh",
         "-c",
         "mkdir -p /w; echo served >/w/index.html; exec httpd -f -p 80 -h /w"}
    );
    for (const auto& port : {routed, direct}) {
        CAPTURE(port);
        CHECK(eventually([&, &at = port] { return page_at(at) == "served\n"; }, boot_patience));
    }
    user.docker_text({"swarm", "leave", "--force"});
    CHECK(eventually([&] { return !is_open(routed) && !is_open(direct); }));
}

// A server that listens on this host's loopback, from any network and without a word in the
// request.
void containers_reach_the_host(const account& user)
{
    const auto pages = user.home() / "pages";
    fs::create_directory(pages);
    test_support::write_file(pages / "index.html", "the host's\n");
    const auto port = free_port();
    const process server(
        {.arguments =
             {"/bin/busybox", "httpd", "-f", "-p", "127.0.0.1:" + port, "-h", pages.string()}}
    );
    CHECK(eventually([&] { return page_at(port) == "the host's\n"; }));
    const auto url = "http://host.docker.internal:" + port + "/";
    const auto gateway = "http://gateway.docker.internal:" + port + "/";
    user.docker_text({"network", "create", "own"});
    for (const auto* const network : {"bridge", "own"}) {
        CAPTURE(network);
        for (const auto& each : {url, gateway}) {
            CHECK(
                user.docker_text(
                    {"run", "--rm", "--network", network, "busybox", "wget", "-q", "-O", "-", each}
                ) == "the host's"
            );
        }
    }
    user.docker_text({"network", "rm", "own"});
    const auto chosen = user.docker_text(
        {"run",
         "--rm",
         "--add-host",
         "host.docker.internal:127.0.0.1",
         "busybox",
         "sh",
         "-c",
         "mkdir /w; echo its own >/w/index.html; httpd -p 80 -h /w; wget -q -O - "
         "http://host.docker.internal/"}
    );
    CHECK(chosen == "its own");
}

void what_was_published_is_open_again(const published& ports)
{
    const auto answers = [&] {
        return page_at(ports.everywhere) == "page\n" && page_at(ports.loopback) == "page\n";
    };
    CHECK(eventually(answers, boot_patience));
}

}  // namespace e2e
