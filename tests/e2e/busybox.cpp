// Made by `docker import` from a directory.
#include "tests/e2e/busybox.hpp"

#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <filesystem>
#include <sstream>
#include <string>

namespace fs = std::filesystem;

namespace e2e {

void import_busybox(const account& user)
{
    const auto root = user.home() / "busybox";
    fs::create_directories(root / "bin");
    fs::copy_file("/bin/busybox", root / "bin/busybox");
    std::istringstream applets(test_support::run_checked({.arguments = {"/bin/busybox", "--list"}})
    );
    for (std::string applet; std::getline(applets, applet);) {
        if (applet != "busybox") fs::create_symlink("busybox", root / "bin" / applet);
    }
    // `exec --user root` looks it up.
    fs::create_directory(root / "etc");
    test_support::write_file(root / "etc/passwd", "root:x:0:0:root:/:/bin/sh\n");
    const auto archive = user.home() / "busybox.tar";
    test_support::run_checked({.arguments = {"tar", "-C", root, "-cf", archive, "."}});
    user.docker_text({"import", archive, "busybox:latest"});
}

}  // namespace e2e
