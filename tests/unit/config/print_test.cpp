// --print-config: what it shows, and that it can be loaded again.
#include "config/print.hpp"

#include "example.hpp"

#include <catch2/catch.hpp>

using namespace config;

namespace {

// Everything that can be set, set to something unusual.
constexpr const char* everything = R"({
    "shares": ["/x", "/y:ro"],
    "state_dir": "/state \"dir\"",
    "docker": {"listen": ["fd://", "unix:///a/b.sock"], "group": "docker"},
    "control": {"listen": "unix:///c.sock"},
    "engine": {
        "remote": "tcp://[::1]:2376", "tls_dir": "/tls", "daemon_json": {"dns": ["192.0.2.53"]},
        "http_proxy": "http://\"me\"@a:1", "https_proxy": "b:2", "no_proxy": "c", "certificates": ["/ca.pem"]
    },
    "vm": {
        "hypervisor": "libvirt", "libvirt_uri": "qemu:///system", "acceleration": "kvm", "cpus": 3, "memory": "3GiB",
        "disk": "100GiB", "image": "/images", "boot2docker": {
            "iso": "https://a.example/b.iso",
            "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
        }, "engine_port": 2376, "boot_timeout": "90s",
        "shutdown_timeout": "2h", "when_daemon_exits": "shut_down"
    },
    "sleep": {
        "pause_after": "0s", "save_after": "1h", "off_after": "90s", "with_containers": true
    },
    "log": {"level": "debug"}
})";

}  // namespace

TEST_CASE("what is printed loads to the same settings")
{
    for (const auto* const text :
         {"{}", everything, R"({"engine": {"remote": "unix:///e.sock"}})"}) {
        INFO(text);
        const auto configuration = load_for_alice(text);
        const auto printed = print(configuration);
        INFO(printed);
        CHECK(load_for_alice(printed).values == configuration.values);
    }
}

TEST_CASE("a configuration that sets everything changes everything")
{
    const auto usual = written(load_for_alice("{}").values);
    for (const auto& [path, value] : written(load_for_alice(everything).values)) {
        INFO(path);
        CHECK(value != usual.at(path));
    }
}

TEST_CASE("every line says where its value came from")
{
    overrides flags;
    flags.log_level = "debug";
    const auto printed = print(load_for_alice("{\"vm\": {\n\"cpus\": 4}}", flags));
    CHECK(printed == R"(// Effective settings of instance "default" and where each came from.
{
    "state_dir": "/home/alice/.local/state/gangway/default",  // default
    "shares": ["/home/alice","/tmp"],  // default
    "docker": {
        "listen": ["unix:///run/user/1000/gangway/docker.sock"],  // default
        "group": ""  // default
    },
    "control": {
        "listen": "unix:///run/user/1000/gangway/control.sock"  // default
    },
    "engine": {
        // "tls_dir" is not set: none, no TLS  // default
        // "remote" is not set: none, the VM  // default
        "daemon_json": {},  // default
        "http_proxy": "",  // default
        "https_proxy": "",  // default
        "no_proxy": "",  // default
        "certificates": []  // default
    },
    "vm": {
        "hypervisor": "automatic",  // default
        "libvirt_uri": "qemu:///session",  // default
        "acceleration": "automatic",  // default
        "cpus": 4,  // gangway.json:2
        "memory": "2GiB",  // default
        "disk": "64GiB",  // default
        "image": "/home/alice/.local/share/gangway/images",  // default
        // "boot2docker" is not set: none, vm.image  // default
        "engine_port": 0,  // default
        "boot_timeout": "5m",  // default
        "shutdown_timeout": "1m",  // default
        "when_daemon_exits": "keep_running"  // default
    },
    "sleep": {
        "pause_after": "5m",  // default
        "save_after": "30m",  // default
        "off_after": "0s",  // default
        "with_containers": false  // default
    },
    "log": {
        "level": "debug"  // --log-level
    }
}
)");
}

TEST_CASE("a file name cannot break out of its comment")
{
    const auto configuration = load(alice(), file_text{"a\nb.json", R"({"vm": {"cpus": 4}})"}, {});
    const auto printed = print(configuration);
    CHECK_THAT(printed, Catch::Contains("\"cpus\": 4,  // a?b.json:1\n"));
    CHECK(load_for_alice(printed).values == configuration.values);
}
