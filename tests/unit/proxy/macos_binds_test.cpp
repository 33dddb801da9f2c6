// What bind sources mean on macOS, where /etc, /tmp and /var are links into /private; and shares
// whose path is a link on any Unix. The links are a function here.
#include "proxy/bind_rules.hpp"

#include <catch2/catch.hpp>

using namespace proxy;

namespace {

const std::string temporary = "/var/folders/zz/zyx/T";

std::string real_path_of_macos(const std::string& path)
{
    for (const auto& alias : config::places_of_macos({}).aliases)
        if (config::is_within(path, alias.name)) return "/private" + path;
    return path == "/Users/me/scratch" ? "/private/tmp/scratch" : path;
}

bind_rules rules_of_macos(std::vector<config::share> shares)
{
    return bind_rules(
        std::move(shares),
        {"/Users/me/.local/state/gangway/default/run/docker.sock"},
        real_path_of_macos,
        config::path_dialect::posix,
        config::places_of_macos(temporary + "/").aliases
    );
}

}  // namespace

TEST_CASE("a share of macOS is the same by both of its names, and shown as it was written")
{
    const auto rules = rules_of_macos({{"/Users/me"}, {"/tmp"}, {temporary}});
    const std::string source = GENERATE(
        as<std::string>(),
        "/Users/me/src",
        "/tmp",
        "/tmp/x",
        "/tmp/x/",
        "/private/tmp",
        "/private/tmp/x",
        "/var/folders/zz/zyx/T/x",
        "/private/var/folders/zz/zyx/T/x",
        "/Users/me/scratch"
    );
    CAPTURE(source);
    CHECK(rules.translate(source) == source);
    CHECK(rules.restore(source) == source);
    CHECK(rules.is_writable(source));
}

TEST_CASE("a read-only share of macOS is so by both of its names")
{
    const auto rules = rules_of_macos({{"/tmp", false}});
    CHECK_FALSE(rules.is_writable("/tmp/x"));
    CHECK_FALSE(rules.is_writable("/private/tmp/x"));
}

TEST_CASE("Docker's socket on macOS is the engine's by each of its names")
{
    const std::string source = GENERATE(
        as<std::string>(),
        "/var/run/docker.sock",
        "/private/var/run/docker.sock",
        "/private/var/run/../run/docker.sock",
        "/Users/me/.local/state/gangway/default/run/docker.sock"
    );
    CAPTURE(source);
    CHECK(rules_of_macos({{"/Users/me"}}).translate(source) == "/var/run/docker.sock");
}

TEST_CASE("what means the engine's machine does so on macOS, too, and reaches it by its usual name")
{
    const auto [source, there] = GENERATE(table<std::string, std::string>({
        {"/", "/"},
        {"/var/lib/docker/volumes", "/var/lib/docker/volumes"},
        {"/private/var/lib/docker/volumes", "/var/lib/docker/volumes"},
        {"/var/log", "/var/log"},
        {"/private/var/log", "/var/log"},
        {"/private/var/run/containerd", "/var/run/containerd"},
        {"/dev/fuse", "/dev/fuse"},
    }));
    CAPTURE(source);
    CHECK(rules_of_macos({{"/Users/me"}}).translate(source) == there);
}

TEST_CASE("what is not shared on macOS is refused, whatever it is called")
{
    const auto rules = rules_of_macos({{"/Users/me"}, {temporary}});
    for (const std::string source :
         {"/etc/localtime",
          "/private/etc/localtime",
          "/tmp/x",
          "/private/tmp",
          "/private",
          "/var/folders/zz/other/T",
          "/private/var/folders",
          "/Users/you",
          "/Volumes/disk"}) {
        CAPTURE(source);
        CHECK_THROWS_AS(rules.translate(source), path_not_shared);
    }
}

TEST_CASE("what the guest has elsewhere comes back under its usual name on macOS")
{
    const auto rules = rules_of_macos({config::placed_in_guest({"/etc", false})});
    for (const std::string source : {"/etc/hosts", "/private/etc/hosts"}) {
        CAPTURE(source);
        CHECK(rules.translate(source) == "/run/gangway/host/etc/hosts");
    }
    CHECK(rules.restore("/run/gangway/host/etc/hosts") == "/etc/hosts");
}

TEST_CASE("a home directory behind a link is shared by both of its names on any Unix")
{
    const bind_rules rules({{"/home/me"}, {"/home/me/data"}}, {}, [](const std::string& path) {
        return config::is_within(path, "/home") ? "/var" + path : path;
    });
    for (const std::string source :
         {"/home/me", "/home/me/x", "/var/home/me/x", "/home/me/data/y"}) {
        CAPTURE(source);
        CHECK(rules.translate(source) == source);
        CHECK(rules.is_writable(source));
    }
    CHECK_THROWS_AS(rules.translate("/home/you"), path_not_shared);
    CHECK_THROWS_AS(rules.translate("/var/home"), path_not_shared);
}
