// What the source of a bind mount becomes; symbolic links are a map here.
#include "proxy/bind_rules.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <map>
#include <random>

using namespace proxy;

namespace {

// Whole paths and what they are.
const std::map<std::string, std::string> links = {
    {"/home/me/link-in", "/home/me/real"},
    {"/home/me/link-out", "/mnt/disk/x"},
    {"/work", "/home/me/work"},
    {"/private/x", "/tmp/x"},
    {"/home/me/.gangway.sock", "/run/user/1000/gangway/docker.sock"},
};

bind_rules rules()
{
    return bind_rules(
        {{"/home/me", true}, {"/tmp", true}, {"/srv/data", false}},
        {"/run/user/1000/gangway/docker.sock"},
        [](const std::string& path) {
            const auto found = links.find(path);
            return found == links.end() ? path : found->second;
        }
    );
}

}  // namespace

TEST_CASE("what is shared, or no path of this machine, stays as it was written")
{
    const std::string source = GENERATE(
        as<std::string>(),
        // shared
        "/home/me",
        "/home/me/",
        "/home/me//x/../y",
        "/home/me/link-in",
        "/tmp/a b:c",
        "/srv/data",
        // volumes, and what the engine has words of its own for
        "cache",
        "",
        "./x",
        "~/x",
        // the engine's machine
        "/",
        "/proc",
        "/sys/fs/cgroup",
        "/dev/fuse",
        "/lib/modules",
        "/var/lib/docker/volumes",
        "/var/log",
        "/run/containerd/containerd.sock",
        "/var/run/docker.sock"
    );
    CAPTURE(source);
    CHECK(rules().translate(source) == source);
}

TEST_CASE("Docker's socket is the engine's by any of its names")
{
    const std::string source = GENERATE(
        as<std::string>(),
        "/run/user/1000/gangway/docker.sock",
        "/run/user/1000/gangway/../gangway/docker.sock",
        "/home/me/.gangway.sock",
        "/run/docker.sock",
        "/run//docker.sock"
    );
    CAPTURE(source);
    CHECK(rules().translate(source) == "/var/run/docker.sock");
}

TEST_CASE("a link from elsewhere into a share is followed")
{
    CHECK(rules().translate("/work") == "/home/me/work");
    CHECK(rules().translate("/private/x") == "/tmp/x");
}

TEST_CASE("anything else is refused in words that help")
{
    const auto [source, part] = GENERATE(table<std::string, std::string>({
        {"/opt/x", "/opt/x is not shared"},
        {"/home/you", "/home/you"},
        {"/home/me2", "/home/me2"},
        {"/home/me/../you", "/home/me/../you"},
        {"/home/me/link-out", "/home/me/link-out (which is /mnt/disk/x)"},
        {"/run/user/1000/bus", "/run/user/1000/bus"},
        {"/var/run/user/1000/bus", "/var/run/user/1000/bus"},
        {"/etc/hosts", "/etc/hosts"},
    }));
    CAPTURE(source);
    CHECK_THROWS_WITH(
        rules().translate(source),
        Catch::Contains(part) && Catch::Contains("/home/me, /tmp, /srv/data:ro") &&
            Catch::Contains("\"shares\"") && Catch::Contains("gangway restart")
    );
}

TEST_CASE("what the engine sees elsewhere is named there, and back")
{
    const bind_rules moved(
        {{"/home/me", true},
         config::placed_in_guest({"/etc", false}),
         config::placed_in_guest({"/usr/local"})},
        {},
        [](const std::string& path) { return path == "/conf" ? "/etc/conf" : path; }
    );
    CHECK(moved.translate("/etc/localtime") == "/run/gangway/host/etc/localtime");
    CHECK(moved.translate("/etc/") == "/run/gangway/host/etc");
    CHECK(moved.translate("/conf") == "/run/gangway/host/etc/conf");
    CHECK(moved.translate("/home/me/x/") == "/home/me/x/");
    CHECK(moved.translate("/usr/lib/modules") == "/usr/lib/modules");
    CHECK_THROWS_AS(moved.translate("/usr"), path_not_shared);
    CHECK(moved.translate("/") == "/");

    CHECK(moved.restore("/run/gangway/host/etc/localtime") == "/etc/localtime");
    CHECK(moved.restore("/run/gangway/host/etc:/etc:ro") == "/etc:/etc:ro");
    CHECK(moved.restore("/run/gangway/host/usr/local") == "/usr/local");
    for (const std::string other :
         {"/run/gangway/host", "/run/gangway/host/etcetera", "/run/gangway/host/usr", "/etc/x", ""})
        CHECK(moved.restore(other) == other);
    CHECK_FALSE(moved.is_writable("/etc/x"));
    CHECK(moved.is_writable("/usr/local/x"));
}

TEST_CASE("a link is followed here where the engine would follow it to something of its own")
{
    const std::map<std::string, std::string> lead = {
        {"/etc/localtime", "/usr/share/zoneinfo/UTC"},
        {"/home/me/conf", "/etc/conf"},
        {"/etc/home", "/home/me/etc"},
        {"/home/me/link", "/home/me/real"},
        {"/etc/out", "/opt/x"},
    };
    const bind_rules moved(
        {{"/home/me"},
         config::placed_in_guest({"/etc"}),
         config::placed_in_guest({"/usr/share/zoneinfo"})},
        {},
        [&lead](const std::string& path) { return lead.contains(path) ? lead.at(path) : path; }
    );
    CHECK(moved.translate("/etc/localtime") == "/run/gangway/host/usr/share/zoneinfo/UTC");
    CHECK(moved.translate("/home/me/conf") == "/run/gangway/host/etc/conf");
    CHECK(moved.translate("/etc/home") == "/home/me/etc");
    CHECK(moved.translate("/home/me/link") == "/home/me/link");
    CHECK_THROWS_AS(moved.translate("/etc/out"), path_not_shared);
}

TEST_CASE("a share of everything leaves the engine's machine what is its own")
{
    const bind_rules all(
        {config::placed_in_guest({"/"}), {"/home/me"}},
        {},
        [](const std::string& path) { return path; }
    );
    CHECK(all.translate("/") == "/run/gangway/host");
    CHECK(all.translate("/opt/x") == "/run/gangway/host/opt/x");
    CHECK(all.translate("/home/me/x") == "/home/me/x");
    CHECK(all.translate("/proc") == "/proc");
    CHECK(all.restore("/run/gangway/host") == "/");
    CHECK(all.restore("/run/gangway/host:/host") == "/:/host");
    CHECK(all.restore("/run/gangway/host/opt/x") == "/opt/x");
}

TEST_CASE("every path that is accepted comes back as it went")
{
    std::mt19937 random(11);
    const auto pick = [&random](const auto& list) { return list[random() % list.size()]; };
    const std::vector<std::string> tops = {"/", "/etc", "/etc/x", "/usr/local", "/home/me", "/var"};
    const std::vector<std::string> names = {
        "etc",
        "x",
        "usr",
        "local",
        "a b",
        "\xC3\xA9\n",
        "run",
        "gangway",
        "host",
        "home",
        "me",
        "c:d"};
    for (int round = 0; round < 2000; ++round) {
        std::vector<config::share> shares;
        for (const auto& top : tops)
            if (random() % 2 == 0) shares.push_back(config::placed_in_guest({top}));
        const bind_rules rules(shares, {}, [](const std::string& path) { return path; });
        std::string path;
        for (auto depth = random() % 4 + 1; depth > 0; --depth) path += "/" + pick(names);
        CAPTURE(path);
        std::string there;
        try {
            there = rules.translate(path);
        } catch (const path_not_shared&) {
            continue;
        }
        // What the engine's machine has itself is not looked at.
        if (!config::engines_directory(path)) CHECK(rules.restore(there) == path);
    }
}

TEST_CASE("things can be made in a share that is writable, and not in what covers a part of it")
{
    const bind_rules nested(
        {{"/home/me", true}, {"/home/me/archive", false}, {"/srv", false}, {"/srv/new", true}},
        {},
        real_path
    );
    CHECK(nested.is_writable("/home/me"));
    CHECK(nested.is_writable("/home/me/archives/x"));
    CHECK_FALSE(nested.is_writable("/home/me/archive/x"));
    CHECK_FALSE(nested.is_writable("/srv/x"));
    CHECK(nested.is_writable("/srv/./new/x"));
    CHECK_FALSE(nested.is_writable("/proc"));
    CHECK_FALSE(nested.is_writable("volume"));
}

TEST_CASE("without shares every path of this machine is refused")
{
    const bind_rules none({}, {}, real_path);
    CHECK(none.translate("volume") == "volume");
    CHECK(none.translate("/proc") == "/proc");
    CHECK_THROWS_WITH(none.translate("/home/me"), Catch::Contains("shared is nothing"));
}

TEST_CASE("the file system says where a path leads, though its end be missing")
{
    const test_support::test_directory directory;
    const auto top = std::filesystem::canonical(directory.path());
    std::filesystem::create_directory(top / "real");
    std::filesystem::create_directory_symlink("real", top / "link");
    std::filesystem::create_directory_symlink("loop", top / "loop");
    CHECK(real_path(top / "link/new/er") == top / "real/new/er");
    CHECK(real_path(top / "link/") == top / "real");
    CHECK(real_path(top / "loop/x") == top / "loop/x");
}
