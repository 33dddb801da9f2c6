// What the command does with the machine: other programs, files and pipes.
#include "gangway/doctor_listener.hpp"
#include "gangway/failure.hpp"
#include "gangway/new_file.hpp"
#include "gangway/operating_system.hpp"
#include "gangway/others_read.hpp"
#include "gangway/program_output.hpp"
#include "gangway/replace_file.hpp"
#include "gangway/service_command.hpp"
#include "gangway/socket_link.hpp"
#include "tests/windows/gangway/pipe_daemon.hpp"
#include "tests/windows/support/program.hpp"

#include <catch2/catch.hpp>
#include <windows.h>

#include <fstream>
#include <iterator>

using namespace std::chrono_literals;
using Catch::Contains;
using windows_support::scratch_directory;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("a program is found on PATH by its name, and cmd.exe is there")
{
    const auto found = gangway::find_program("cmd");
    REQUIRE(found);
    CHECK(found->is_absolute());
    CHECK_FALSE(gangway::find_program("no-such-program"));
}

TEST_CASE("what a program prints is read, with the words that it was given")
{
    const auto cmd = gangway::find_program("cmd");
    REQUIRE(cmd);
    const auto printed =
        gangway::program_output(*cmd, {"/c", "echo", "%GANGWAY_TEST%"}, {{"GANGWAY_TEST", "said"}});
    REQUIRE(printed);
    CHECK_THAT(*printed, Contains("said"));
}

TEST_CASE("a program that does not end in time is ended")
{
    const auto cmd = gangway::find_program("cmd");
    REQUIRE(cmd);
    // Waits for a line that never comes: its input is nowhere, and so it pauses without end.
    CHECK_FALSE(gangway::program_output(*cmd, {"/c", "for /l %i in () do @rem"}, {}, 300ms));
}

TEST_CASE("what is no program is told from what prints nothing")
{
    CHECK_FALSE(gangway::program_output("C:\\no\\such.exe", {}));
}

TEST_CASE("a file is replaced whole, and made where there is none")
{
    const scratch_directory here;
    const auto file = here / "grüße.json";
    gangway::replace_file(file, "first", fs::perms{0600});
    CHECK(text_of(file) == "first");
    gangway::replace_file(file, "second", fs::perms{0600});
    CHECK(text_of(file) == "second");
    // Nothing of the way there stays.
    CHECK(std::distance(fs::directory_iterator(here.path()), fs::directory_iterator()) == 1);
    CHECK_THROWS_AS(
        gangway::replace_file(here / "none/file", "text", fs::perms{0600}), gangway::failure
    );
}

TEST_CASE("a new file is made once, for its owner alone")
{
    const scratch_directory here;
    const auto file = here / "bundle.tar";
    gangway::write_new_file(file, "text");
    CHECK(text_of(file) == "text");
    CHECK_FALSE(gangway::others_may_read(file));
    CHECK_THROWS_WITH(gangway::write_new_file(file, "other"), Contains("exists already"));
    CHECK(text_of(file) == "text");
}

TEST_CASE("nobody reads a file that is not there")
{
    const scratch_directory here;
    CHECK_FALSE(gangway::others_may_read(here / "none"));
}

TEST_CASE("a pipe is there while somebody serves it, and the doctor says who")
{
    gangway::daemon_facts daemon;
    daemon.runs = true;
    daemon.pid = static_cast<std::int64_t>(::GetCurrentProcessId());
    const config::pipe_endpoint nobodys{"gangway-test-nobody"};
    CHECK_FALSE(gangway::is_there(nobodys));
    CHECK(
        gangway::look_at_listener("docker socket", nobodys, daemon).judged ==
        gangway::verdict::wrong
    );
    const silent_pipe pipe;
    CHECK(gangway::is_there(pipe.endpoint()));
    const auto found = gangway::look_at_listener("docker socket", pipe.endpoint(), daemon);
    INFO(found.found);
    CHECK(found.judged == gangway::verdict::ok);
    CHECK_THAT(found.found, Contains("process " + std::to_string(daemon.pid)));
}

TEST_CASE("pipes are the same whatever their letters' case")
{
    CHECK(gangway::is_same(config::pipe_endpoint{"Docker"}, config::pipe_endpoint{"docker"}));
    CHECK_FALSE(gangway::is_same(config::pipe_endpoint{"a"}, config::pipe_endpoint{"b"}));
}

TEST_CASE("links to sockets are refused with what is there in their place")
{
    CHECK_THROWS_WITH(gangway::users_socket_place(), Contains("npipe:////./pipe/docker_engine"));
}

TEST_CASE("the operating system tells its name and version")
{
    CHECK_THAT(gangway::operating_system(), Catch::StartsWith("Windows 1"));
}
