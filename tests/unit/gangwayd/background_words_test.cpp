// How a daemon is called that Windows starts by itself.
#include "gangwayd/background_words.hpp"

#include "gangwayd/event_kind.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

using words = std::vector<std::string>;
using way = background_request::way;

TEST_CASE("a service is called with the options of its installation")
{
    // A path without a drive is none that Windows would find anywhere.
    const auto root = std::filesystem::current_path().root_path();
    const auto file = (root / "etc" / "g.json").string();
    const auto keys = (root / "keys").string();
    config::overrides flags;
    flags.config_file = file;
    flags.listen = {"npipe:////./pipe/a", "npipe:////./pipe/b"};
    flags.engine = "tcp://10.0.0.2:2376";
    flags.tls_dir = keys;
    flags.control = "npipe:////./pipe/c";
    flags.log_level = "debug";
    flags.instance = "work";
    CHECK(
        background_words("/opt/gangwayd.exe", way::service, flags, "/here") ==
        words{
            "/opt/gangwayd.exe",
            "--service",
            "run",
            "--config",
            file,
            "--listen",
            "npipe:////./pipe/a",
            "--listen",
            "npipe:////./pipe/b",
            "--engine",
            "tcp://10.0.0.2:2376",
            "--tls-dir",
            keys,
            "--control",
            "npipe:////./pipe/c",
            "--log-level",
            "debug",
            "--instance",
            "work"}
    );
}

TEST_CASE("what was not given is not passed on")
{
    CHECK(background_words("g", way::login, {}, "/here") == words{"g", "--login", "run"});
}

TEST_CASE("paths that depend on the directory are made to depend on none")
{
    config::overrides flags;
    flags.config_file = "g.json";
    flags.tls_dir = "../keys";
    // A service is started in a directory of the system's.
    const std::filesystem::path here = std::filesystem::current_path();
    const auto called = background_words("g", way::service, flags, here);
    CHECK(called[4] == (here / "g.json").string());
    CHECK(called[6] == (here.parent_path() / "keys").string());
}

TEST_CASE("each instance has a service of its own")
{
    config::overrides flags;
    CHECK(background_name(flags) == "gangwayd");
    flags.instance = "default";
    CHECK(background_name(flags) == "gangwayd");
    flags.instance = "work";
    CHECK(background_name(flags) == "gangwayd-work");
}

TEST_CASE("a line of the log is an event of its severity")
{
    using namespace spdlog::level;
    CHECK(kind_of(critical) == event_kind::error);
    CHECK(kind_of(err) == event_kind::error);
    CHECK(kind_of(warn) == event_kind::warning);
    CHECK(kind_of(info) == event_kind::information);
    CHECK(kind_of(debug) == event_kind::information);
}

TEST_CASE("an event's number carries its severity, as the viewer reads it")
{
    const auto severity = [](event_kind kind) { return event_number(kind) >> 30U; };
    CHECK(severity(event_kind::information) == 1);
    CHECK(severity(event_kind::warning) == 2);
    CHECK(severity(event_kind::error) == 3);
}
