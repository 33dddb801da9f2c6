// Real files: found, missing, unreadable.
#include "config/defaults.hpp"
#include "config/load.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace config;
namespace fs = std::filesystem;

namespace {

class temporary_directory {
public:
    temporary_directory()
    {
        auto name = (fs::temp_directory_path() / "gangway-config-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        path = name;
        fs::permissions(path, fs::perms::others_exec, fs::perm_options::add);
    }

    ~temporary_directory()
    {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }

    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;

    fs::path write(const char* name, const std::string& text) const
    {
        std::ofstream(path / name, std::ios::binary) << text;
        return path / name;
    }

    fs::path path;
};

// Root can read everything, so a test that root runs does it as somebody else.
class ordinary_user {
public:
    ordinary_user()
    {
        if (before_ == 0) REQUIRE(::seteuid(65534) == 0);
    }

    ~ordinary_user()
    {
        if (before_ == 0 && ::seteuid(before_) != 0) std::abort();
    }

    ordinary_user(const ordinary_user&) = delete;
    ordinary_user& operator=(const ordinary_user&) = delete;

private:
    uid_t before_ = ::geteuid();
};

}  // namespace

TEST_CASE("the file that --config names is loaded")
{
    const temporary_directory directory;
    const auto file = directory.write("g.json", R"({"vm": {"cpus": 7}})");
    overrides flags;
    flags.config_file = file.string();
    const auto configuration = load(flags);
    CHECK(configuration.values.vm.cpus == 7);
    CHECK(configuration.origins.at("vm.cpus") == file.string() + ":1");
}

TEST_CASE("a file that --config names must be there")
{
    const temporary_directory directory;
    overrides flags;
    flags.config_file = (directory.path / "none.json").string();
    CHECK_THROWS_WITH(
        load(flags), *flags.config_file + ": cannot be read: No such file or directory"
    );
}

TEST_CASE("a file that is not there is no file")
{
    const temporary_directory directory;
    const auto file = directory.write("file", "");
    CHECK_FALSE(read_file(directory.path / "none.json"));
    CHECK_FALSE(read_file(file / "gangway.json"));
}

TEST_CASE("what exists and cannot be read is a problem that says why")
{
    const temporary_directory directory;
    CHECK_THROWS_WITH(
        read_file(directory.path), directory.path.string() + ": cannot be read: Is a directory"
    );
    const auto loop = directory.path / "loop";
    fs::create_symlink("loop", loop);
    CHECK_THROWS_WITH(
        read_file(loop), loop.string() + ": cannot be read: Too many levels of symbolic links"
    );
}

TEST_CASE("a file without read permission is a problem")
{
    const temporary_directory directory;
    const auto file = directory.write("g.json", "{}");
    fs::permissions(file, fs::perms::none);
    const ordinary_user nobody;
    CHECK_THROWS_WITH(read_file(file), file.string() + ": cannot be read: Permission denied");
}

TEST_CASE("what is far too large for a configuration is not read to its end")
{
    CHECK_THROWS_WITH(
        read_file("/dev/zero"), "/dev/zero: is larger than 1 MiB, which no configuration is"
    );
}
