// The programs for boot2docker, read by a shell.
#include "vmctl/boot2docker_guest.hpp"

#include "tests/support/test_directory.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace vmctl;
using test_support::test_directory;

namespace {

const std::string state = "/var/lib/boot2docker";

std::map<std::string, seed_file> seeded(const guest_settings& settings)
{
    std::vector<seed_file> files = {
        {"var/lib/boot2docker/profile",
         "DOCKER_REMOTE=no\nEXTRA_ARGS=--debug\n",
         0644,
         seed_policy::at_creation}};
    add_boot2docker_files(files, settings);
    std::map<std::string, seed_file> result;
    for (const auto& each : files)
        if (each.policy != seed_policy::has_line) result[each.path.substr(20)] = each;
    return result;
}

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

// boot2docker's directory, and a script in place of its /etc/init.d/docker that reads the profile
// and shows what has become of it.
class played_guest {
public:
    explicit played_guest(const guest_settings& settings = {})
    {
        for (const auto& [name, file] : seeded(settings)) write(name, file.content);
        write("gangway/shares_mount", "echo mounted >>" + state + "/mounted\n");
        write("docker", "[ ! -f " + state + "/profile ] || . " + state + R"(/profile
env | grep PROXY
echo "REMOTE=$DOCKER_REMOTE CAKEY=$CAKEY ARGS=$EXTRA_ARGS"
)");
    }

    void write(const std::string& name, const std::string& content)
    {
        auto text = replaced(content, state, directory_.path().string());
        text = replaced(text, "/dev/ttyS0", (directory_.path() / "tty").string());
        std::filesystem::create_directories((directory_.path() / name).parent_path());
        write_file(directory_.path() / name, text, 0644);
    }

    tool_result docker(const std::string& action)
    {
        return run_tool({"sh", {(directory_.path() / "docker").string(), action}, {}, -1});
    }

    std::string content(const char* name) const
    {
        const auto file = directory_.path() / name;
        return std::filesystem::exists(file) ? read_file(file) : std::string();
    }

    std::string path() const { return directory_.path().string(); }

private:
    test_directory directory_;
};

}  // namespace

TEST_CASE("every program for boot2docker is one that a shell can read")
{
    const test_directory directory;
    for (const auto& [name, file] : seeded({R"({"debug":true})", "NO_PROXY=a b\n", ""})) {
        INFO(name);
        const auto script = directory.path() / "script";
        write_file(script, file.content, 0644);
        const auto read = run_tool({"sh", {"-n", script.string()}, {}, -1});
        CAPTURE(read.errors);
        CHECK(read.exit_code == 0);
        CHECK(file.mode == (name == "gangway/boot2docker" ? 0600U : 0644U));
    }
}

TEST_CASE("our settings come after the profile's own, which are kept")
{
    played_guest guest({R"({"debug":true})", "HTTP_PROXY=http://it's:1@p\nNO_PROXY=a,b\n", {}});
    const auto shown = guest.docker("status");
    CAPTURE(shown.errors);
    CHECK(shown.exit_code == 0);
    CHECK_THAT(shown.output, Catch::Contains("HTTP_PROXY=http://it's:1@p\n"));
    CHECK_THAT(shown.output, Catch::Contains("NO_PROXY=a,b\n"));
    CHECK_THAT(
        shown.output,
        Catch::EndsWith(
            "REMOTE=yes CAKEY=" + guest.path() + "/tls/ca.pem ARGS=--config-file " + guest.path() +
            "/gangway/daemon.json --debug\n"
        )
    );
    CHECK(guest.content("mounted").empty());
}

TEST_CASE("without settings of ours dockerd reads its own file")
{
    played_guest guest;
    CHECK_THAT(guest.docker("status").output, Catch::EndsWith("ARGS=--debug\n"));
}

TEST_CASE("the shares are mounted before dockerd is started, and the host is told")
{
    played_guest guest;
    CHECK(guest.docker("start").exit_code == 0);
    CHECK(guest.content("mounted") == "mounted\n");
}

TEST_CASE("dockerd is not started without the shares")
{
    played_guest guest;
    guest.write("gangway/shares_mount", "echo 'the device is gone'\nexit 1\n");
    const auto ended = guest.docker("start");
    CHECK(ended.exit_code == 1);
    CHECK(ended.output.find("REMOTE=") == std::string::npos);
    CHECK_THAT(guest.content("tty"), Catch::Contains("gangway-fail shares the device is gone\n"));
    // It can still be stopped.
    CHECK(guest.docker("stop").exit_code == 0);
}

TEST_CASE("a word for a shell is what it was")
{
    const std::string word = "a 'b' $c \"d\" `e` \\";
    CHECK(run_tool({"sh", {"-c", "printf %s " + shell_quoted(word)}, {}, -1}).output == word);
}
