// The steps, each against the real VM.
#include "tests/e2e/share_steps.hpp"

#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using nlohmann::json;
using test_support::eventually;
namespace fs = std::filesystem;

namespace e2e {
namespace {

// By the probe, which is in `work`.
void a_lock_holds_among_containers(const account& user, const fs::path& work)
{
    const auto mount = work.string() + ":/w";
    user.docker_text(
        {"run",
         "-d",
         "--name",
         "holder",
         "-v",
         mount,
         "-w",
         "/w",
         "busybox",
         "./probe",
         "hold",
         "l"}
    );
    CHECK(eventually(
        [&] {
            return user.docker_text({"logs", "holder"}) == "held";
        },
        boot_patience
    ));
    const auto tried = [&] {
        return user.docker_text(
            {"run", "--rm", "-v", mount, "-w", "/w", "busybox", "./probe", "try", "l"}
        );
    };
    CHECK(tried() == "Resource temporarily unavailable");
    user.docker_text({"rm", "-f", "holder"});
    CHECK(tried() == "free");
}

}  // namespace

fs::path archive_of(const account& user)
{
    return user.home().string() + "-archive";
}

json shares_with_an_archive(const account& user)
{
    fs::create_directory(archive_of(user));
    test_support::write_file(archive_of(user) / "book", "text\n");
    return {"~/", archive_of(user).string() + ":ro", "/etc:ro"};
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
        mkdir -p deep/er && cp in deep/er && rm -r deep
        dd if=/dev/zero of=big bs=1 count=1 seek=4294967296 2>/dev/null && stat -c %s big
    )";
    CHECK(
        user.docker_text({"run", "--rm", "-v", work.string() + ":/w", "busybox", "sh", "-c", script}
        ) == "from the host\nfrom the host\n4294967297"
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
    a_lock_holds_among_containers(user, work);
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

}  // namespace e2e
