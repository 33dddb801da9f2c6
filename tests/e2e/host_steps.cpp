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

// A program that uses this user's docker socket, to its end; what it printed.
test_support::process_result run_client(const account& user, std::vector<std::string> arguments)
{
    process client({.arguments = std::move(arguments), .environment = user.docker().environment()});
    const auto result = client.finish(boot_patience);
    CAPTURE(result.out, result.err);
    CHECK(result.exit_status == 0);
    return result;
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
    user.configure({{"shares", {"~/", archive_of(user).string() + ":ro"}}});
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
    CHECK(shares.at("directories") == json{user.home().string(), archive.string() + ":ro"});
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

void compose_brings_a_project_up(const account& user)
{
    const auto project = user.home() / "project";
    const auto port = free_port();
    fs::create_directories(project / "site");
    test_support::write_file(project / "site/index.html", "composed\n");
    const json services = {
        {"web",
         {{"image", "busybox"},
          {"command", "httpd -f -p 80 -h /w"},
          {"volumes", {"./site:/w:ro", "kept:/kept"}},
          {"ports", {"127.0.0.1:" + port + ":80"}}}},
        {"reader",
         {{"image", "busybox"},
          {"depends_on", {"web"}},
          {"command",
           {"sh",
            "-c",
            "until wget -q -O /out/page http://web/; do sleep 0.2; done; exec sleep 100000"}},
          {"volumes", {"./out:/out"}}}}};
    // JSON is YAML.
    test_support::write_file(
        project / "compose.yaml",
        json{{"services", services}, {"volumes", {{"kept", json::object()}}}}.dump()
    );
    const auto compose = [&](std::vector<std::string> arguments) {
        std::vector<std::string> all{
            shared_premises().docker_compose().string(),
            "--progress=plain",
            "--project-directory",
            project.string()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return run_client(user, all);
    };
    compose({"up", "-d", "--pull=never"});
    CHECK(eventually([&] { return page_at(port) == "composed\n"; }));
    const auto page = project / "out/page";
    CHECK(eventually([&] { return fs::exists(page) && fs::file_size(page) == 9; }));
    const auto running = compose({"ps", "-q"}).out;
    // It compares what it wants with what the engine tells: mounts, ports, labels.
    const auto again = compose({"up", "-d", "--pull=never"});
    CHECK(again.err.find("Recreate") == std::string::npos);
    CHECK(compose({"ps", "-q"}).out == running);
    compose({"down", "-v", "-t", "0"});
    CHECK(eventually([&] { return page_at(port).empty(); }));
}

void python_runs_a_container(const account& user)
{
    const auto work = user.home() / "python";
    fs::create_directories(work);
    test_support::write_file(work / "in", "read by python\n");
    const auto program = R"(
import sys, urllib.request, docker
client = docker.from_env(timeout=300)
mounts = {sys.argv[1]: {"bind": "/w", "mode": "rw"}}
print(client.containers.run("busybox", "cat /w/in", volumes=mounts, remove=True).decode(), end="")
server = client.containers.run(
    "busybox", "httpd -f -p 80 -h /w", volumes=mounts, ports={"80/tcp": None}, detach=True)
server.reload()
port = server.ports["80/tcp"][0]["HostPort"]
print(urllib.request.urlopen(f"http://127.0.0.1:{port}/in", timeout=60).read().decode(), end="")
server.remove(force=True)
)";
    const auto result = run_client(user, {"python3", "-c", program, work.string()});
    CHECK(result.out == "read by python\nread by python\n");
}

}  // namespace e2e
