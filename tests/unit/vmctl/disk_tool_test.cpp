// What a tool gets and what comes back from it, with programs every Debian system has.
#include "vmctl/disk_tool.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>

using namespace vmctl;
using test_support::test_directory;

namespace {

tool_result shell(const std::string& script)
{
    return run_tool({"sh", {"-c", script}, {}, -1});
}

class changed_path {
public:
    explicit changed_path(const std::string& value) : before_(std::getenv("PATH"))
    {
        setenv("PATH", value.c_str(), 1);
    }

    changed_path(const changed_path&) = delete;
    changed_path& operator=(const changed_path&) = delete;

    ~changed_path() { setenv("PATH", before_.c_str(), 1); }

private:
    std::string before_;
};

}  // namespace

TEST_CASE("a tool's output, errors and exit code come back")
{
    const auto result = shell("echo out; echo err >&2; exit 3");
    CHECK(result.output == "out\n");
    CHECK(result.errors == "err\n");
    CHECK(result.exit_code == 3);
}

TEST_CASE("arguments reach the tool as they are")
{
    const auto result = run_tool({"printf", {"%s|", "a b", "$HOME", "*", "'\"", ""}, {}, -1});
    CHECK(result.output == "a b|$HOME|*|'\"||");
}

TEST_CASE("more output than a pipe holds is read from both ends at once")
{
    const auto result = shell("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2");
    CHECK(result.output.size() == 300000);
    CHECK(result.errors.size() == 300000);
}

TEST_CASE("a tool has an empty input, English messages and its directory")
{
    const test_directory directory;
    const auto result = run_tool({"sh", {"-c", "cat; echo $LC_ALL; pwd -P"}, directory.path(), -1});
    const auto here = std::filesystem::canonical(directory.path()).string();
    CHECK(result.output == "C\n" + here + "\n");
}

TEST_CASE("a tool inherits no descriptor of ours")
{
    // Without O_CLOEXEC on purpose: as if a library had forgotten it.
    const unique_descriptor open_one(open("/dev/null", O_RDONLY));
    REQUIRE(fcntl(open_one.get(), F_SETFD, 0) == 0);
    const auto number = std::to_string(open_one.get());
    const auto result = shell("[ -e /proc/self/fd/" + number + " ] && echo leaked || echo closed");
    CHECK(result.output == "closed\n");
}

TEST_CASE("a lock given to a tool is held by it")
{
    const test_directory directory;
    const directory_lock lock(directory.path());
    // The tool sees the locked directory behind descriptor 3.
    const auto result = run_tool({"readlink", {"/proc/self/fd/3"}, {}, lock.descriptor()});
    CHECK(result.output == std::filesystem::canonical(directory.path()).string() + "\n");
}

TEST_CASE("a tool that a signal ended counts as failed and leaves no zombie")
{
    const tool_call call = {"sh", {"-c", "echo last words >&2; kill -9 $$"}, {}, -1};
    const auto result = run_tool(call);
    CHECK(result.exit_code == 128 + 9);
    CHECK(failure_of(call, result) == "sh: ended by signal 9 after: last words");
    CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
}

TEST_CASE("a failure is told in the tool's last line")
{
    const tool_call call = {"mke2fs", {}, {}, -1};
    CHECK(failure_of(call, {1, "", "first\nmke2fs: No space left\n"}) == "mke2fs: No space left");
    CHECK(failure_of(call, {1, "", "no space"}) == "mke2fs: no space");
    CHECK(failure_of(call, {8, "on stdout\n", ""}) == "mke2fs: on stdout");
    CHECK(failure_of(call, {8, "", ""}) == "mke2fs: failed with exit status 8");
}

TEST_CASE("tools are found in /usr/sbin although PATH does not lead there")
{
    const changed_path changed("/usr/bin:/bin");
    CHECK(run_tool({"mke2fs", {"-V"}, {}, -1}).exit_code == 0);
}

TEST_CASE("nothing is run from the current directory")
{
    const test_directory directory;
    write_file(directory / "mke2fs-of-ours", "#!/bin/sh\n", 0755);
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    {
        const changed_path changed(":.:/usr/bin:/bin");
        CHECK_THROWS_AS(run_tool({"mke2fs-of-ours", {}, {}, -1}), storage_error);
    }
    std::filesystem::current_path(before);
}

TEST_CASE("a missing tool is reported with what to install")
{
    CHECK_THROWS_WITH(
        run_tool({"no-such-tool", {}, {}, -1}), "the program no-such-tool is missing: install it"
    );
    CHECK_THROWS_WITH(
        run_tool({"/nonexistent/mke2fs", {}, {}, -1}),
        "the program /nonexistent/mke2fs is missing: install e2fsprogs (apt install e2fsprogs)"
    );
    CHECK_THROWS_WITH(
        run_tool({"/nonexistent/ssh-keygen", {}, {}, -1}), Catch::Contains("openssh-client")
    );
}
