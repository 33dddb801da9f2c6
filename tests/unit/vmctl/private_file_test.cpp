// Modes from the first moment, replacement as a whole, directories, locks.
#include "vmctl/private_file.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/forked.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

using namespace vmctl;
using test_support::test_directory;

namespace {

unsigned mode_of(const std::filesystem::path& path)
{
    struct stat status = {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

class changed_umask {
public:
    explicit changed_umask(mode_t mask) : before_(umask(mask)) {}

    changed_umask(const changed_umask&) = delete;
    changed_umask& operator=(const changed_umask&) = delete;

    ~changed_umask() { umask(before_); }

private:
    mode_t before_;
};

}  // namespace

TEST_CASE("a file's mode does not depend on the umask")
{
    const test_directory directory;
    for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{0777}}) {
        const changed_umask changed(mask);
        write_file(directory / "key", "secret", 0600);
        write_file(directory / "certificate", "public", 0644);
        CHECK(mode_of(directory / "key") == 0600);
        CHECK(mode_of(directory / "certificate") == 0644);
    }
}

TEST_CASE("a private directory is mode 0700 whoever made it and with whatever mode")
{
    const test_directory directory;
    const changed_umask changed(0);
    make_private_directory(directory / "a/b/c");
    CHECK(mode_of(directory / "a/b/c") == 0700);
    std::filesystem::create_directory(directory / "open");
    CHECK(mode_of(directory / "open") == 0777);
    make_private_directory(directory / "open");
    CHECK(mode_of(directory / "open") == 0700);
}

TEST_CASE("a leftover of a crash is replaced and never written through")
{
    const test_directory directory;
    write_file(directory / "victim", "untouched", 0644);
    std::filesystem::create_symlink(directory / "victim", directory / "key.partial");
    write_file(directory / "key", "secret", 0600);
    CHECK(read_file(directory / "key") == "secret");
    CHECK(read_file(directory / "victim") == "untouched");
    CHECK_FALSE(std::filesystem::exists(directory / "key.partial"));
}

TEST_CASE("a file that cannot be written keeps its old content and leaves nothing beside it")
{
    const test_directory directory;
    const auto file = directory / "key";
    write_file(file, "old", 0600);
    // A directory in the way of the rename: the last step of writing fails.
    std::filesystem::create_directories(directory / "occupied/inside");
    CHECK_THROWS_WITH(
        write_file(directory / "occupied", "new", 0600),
        Catch::Contains("occupied") && Catch::Contains("directory")
    );
    CHECK_FALSE(std::filesystem::exists(directory / "occupied.partial"));

    const auto said = vmctl_test::in_child([&] {
        vmctl_test::drop_root();
        write_file("/proc/version", "new", 0600);
        return std::string("written");
    });
    CHECK(said.starts_with("cannot "));
    CHECK(read_file(file) == "old");
}

TEST_CASE("reading a file that is not there names it and the reason")
{
    CHECK_THROWS_WITH(
        read_file("/nonexistent/key.pem"),
        "cannot read /nonexistent/key.pem: No such file or directory"
    );
}

TEST_CASE("a directory lock excludes others until it is released")
{
    const test_directory directory;
    const auto try_lock = [&] {
        const unique_descriptor other(open(directory.path().c_str(), O_RDONLY | O_CLOEXEC));
        return flock(other.get(), LOCK_EX | LOCK_NB) == 0;
    };
    {
        const directory_lock lock(directory.path());
        CHECK_FALSE(try_lock());
    }
    CHECK(try_lock());
}
