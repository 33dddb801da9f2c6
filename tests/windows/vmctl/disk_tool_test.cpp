// What a tool gets and what comes back from it, with the one program that every Windows has.
#include "vmctl/disk_tool.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;
using Catch::Contains;

namespace {

tool_result shell(const std::string& line)
{
    return run_tool({"cmd", {"/c", line}, {}, -1});
}

}  // namespace

TEST_CASE("a tool's output, errors and exit code come back")
{
    const auto result = shell("echo out& echo err>&2& exit 3");
    CHECK_THAT(result.output, Contains("out"));
    CHECK_THAT(result.errors, Contains("err"));
    CHECK(result.exit_code == 3);
}

TEST_CASE("a tool runs in its directory")
{
    const test_support::test_directory directory;
    const auto result = run_tool({"cmd", {"/c", "cd"}, directory.path(), -1});
    CHECK_THAT(result.output, Contains(directory.path().filename().string()));
}

TEST_CASE("a tool that is missing is named, with what to do")
{
    CHECK_THROWS_WITH(run_tool({"no-such-tool", {}, {}, -1}), Contains("no-such-tool is missing"));
    CHECK_THROWS_WITH(
        run_tool({"no-such/mke2fs", {}, {}, -1}), Contains("MSYS2 (pacman -S e2fsprogs)")
    );
}

TEST_CASE("a tool that nobody waits for any more is ended")
{
    int looks = 0;
    const auto give_up = [&] {
        if (++looks == 2) throw storage_error("called off");
    };
    tool_call call{"cmd", {"/c", "for /l %i in () do @rem"}, {}, -1};
    call.meanwhile = give_up;
    CHECK_THROWS_WITH(run_tool(call), "called off");
}
