// The step, with Debian's static busybox for arm64 as the only file of an image.
#include "tests/e2e/platform_steps.hpp"

#include "tests/e2e/premises.hpp"
#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace e2e {
namespace {

const std::string arm64 = "linux/arm64";

// Its `su` needs the set-user-ID bit, and asks root for no password.
void import_arm64_busybox(const account& user)
{
    const auto root = user.home() / "foreign";
    fs::create_directories(root / "bin");
    fs::create_directories(root / "etc");
    const auto program = root / "bin/busybox";
    fs::copy_file(shared_premises().foreign_busybox(), program);
    fs::permissions(program, fs::perms(04755));
    for (const auto* const applet : {"id", "sh", "su", "uname"}) {
        fs::create_symlink("busybox", root / "bin" / applet);
    }
    test_support::write_file(
        root / "etc/passwd", "root::0:0:root:/:/bin/sh\nuser:x:1000:1000:user:/:/bin/sh\n"
    );
    const auto archive = user.home() / "foreign.tar";
    test_support::run_checked(
        {.arguments = {"tar", "-C", root, "--owner=0", "--group=0", "-cf", archive, "."}}
    );
    user.docker_text({"import", "--platform", arm64, archive, "busybox:arm64"});
}

}  // namespace

void programs_of_another_processor_run(const account& user)
{
    import_arm64_busybox(user);
    const auto platform = user.docker_text(
        {"image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", "busybox:arm64"}
    );
    CHECK(platform == arm64);
    const auto run = [&](std::vector<std::string> options, std::vector<std::string> command) {
        std::vector<std::string> all{"run", "--rm", "--platform", arm64};
        all.insert(all.end(), options.begin(), options.end());
        all.emplace_back("busybox:arm64");
        all.insert(all.end(), command.begin(), command.end());
        return user.docker_text(all);
    };
    // What it starts runs likewise, and has the name that it is given.
    CHECK(run({}, {"sh", "-c", "uname -m; exec -a uname busybox -m"}) == "aarch64\naarch64");
    // A set-user-ID bit counts, as it does natively.
    CHECK(run({"--user", "1000"}, {"su", "-c", "id -u"}) == "0");
    CHECK(user.docker_text({"run", "--rm", "busybox", "uname", "-m"}) == "x86_64");
}

}  // namespace e2e
