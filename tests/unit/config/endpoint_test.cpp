// Endpoints: every form that is accepted, what is refused, and the way back to text.
#include "config/endpoint.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace config;

TEST_CASE("a listen endpoint is read and written back as it was")
{
    struct sample {
        std::string text;
        listen_endpoint endpoint;
    };

    const sample samples[] = {
        {"unix:///run/gangway/docker.sock", unix_endpoint{"/run/gangway/docker.sock"}},
        {"unix:///with space.sock", unix_endpoint{"/with space.sock"}},
        {"unix:///a", unix_endpoint{"/a"}},
        {"npipe:////./pipe/docker_engine", pipe_endpoint{"docker_engine"}},
        {"fd://", inherited_endpoint{}},
    };
    for (const auto& [text, endpoint] : samples) {
        INFO(text);
        const auto parsed = parse_listen_endpoint(text);
        CHECK(parsed == endpoint);
        CHECK(to_string(endpoint) == text);
    }
}

// Windows needs a manifest for it (windows/program.manifest), which Wine does not read.
TEST_CASE("a socket's name may have letters of any language", "[no-wine]")
{
    const listen_endpoint endpoint = unix_endpoint{"/é.sock"};
    CHECK(parse_listen_endpoint("unix:///é.sock") == endpoint);
    CHECK(to_string(endpoint) == "unix:///é.sock");
}

TEST_CASE("an engine endpoint is read and written back as it was")
{
    struct sample {
        std::string text;
        engine_endpoint endpoint;
    };

    const sample samples[] = {
        {"tcp://127.0.0.1:2376", tcp_endpoint{"127.0.0.1", 2376}},
        {"tcp://docker-1.example.org:65535", tcp_endpoint{"docker-1.example.org", 65535}},
        {"tcp://h:1", tcp_endpoint{"h", 1}},
        {"tcp://[::1]:2376", tcp_endpoint{"::1", 2376}},
        {"tcp://[fe80::1%eth0]:2376", tcp_endpoint{"fe80::1%eth0", 2376}},
        {"tcp://[::ffff:192.0.2.1]:80", tcp_endpoint{"::ffff:192.0.2.1", 80}},
        {"unix:///var/run/docker.sock", unix_endpoint{"/var/run/docker.sock"}},
        {"ssh://h", ssh_endpoint{"", "h", 0, ""}},
        {"ssh://me@docker-1.example.org", ssh_endpoint{"me", "docker-1.example.org", 0, ""}},
        {"ssh://me.you_x-1@192.0.2.1:2222", ssh_endpoint{"me.you_x-1", "192.0.2.1", 2222, ""}},
        {"ssh://[::1]", ssh_endpoint{"", "::1", 0, ""}},
        {"ssh://me@[fe80::1%eth0]:22", ssh_endpoint{"me", "fe80::1%eth0", 22, ""}},
        {"ssh://me@h/run/user/1000/docker.sock",
         ssh_endpoint{"me", "h", 0, "/run/user/1000/docker.sock"}},
    };
    for (const auto& [text, endpoint] : samples) {
        INFO(text);
        const auto parsed = parse_engine_endpoint(text);
        CHECK(parsed == endpoint);
        CHECK(to_string(endpoint) == text);
    }
}

TEST_CASE("text that is no listen endpoint names none")
{
    const std::string texts[] = {
        "",
        "/run/docker.sock",
        "unix://",
        "unix:///",
        "unix:///run/",
        "unix://run/docker.sock",
        "unix:/run/docker.sock",
        "UNIX:///run/docker.sock",
        " unix:///run/docker.sock",
        std::string("unix:///a\0b", 11),
        "tcp://127.0.0.1:2375",
        "fd://3",
        "fd:",
        "npipe://",
        "npipe:////./pipe/",
        "npipe:////./pipe/a/b",
        "npipe:////./pipe/a\\b",
        "npipe:////./pipe/" + std::string(248, 'n'),
    };
    for (const auto& text : texts) {
        INFO(text);
        CHECK_FALSE(parse_listen_endpoint(text));
    }
}

TEST_CASE("text that is no engine endpoint names none")
{
    const std::string texts[] = {
        "",
        "vm",
        "127.0.0.1:2375",
        "tcp://",
        "tcp://:2375",
        "tcp://host",
        "tcp://host:",
        "tcp://host:0",
        "tcp://host:65536",
        "tcp://host:+1",
        "tcp://host:-1",
        "tcp://host: 1",
        "tcp://host:1x",
        "tcp://host:2375/",
        "tcp://user@host:2375",
        "tcp://ho st:2375",
        "tcp://::1:2375",
        "tcp://[::1]",
        "tcp://[]:2375",
        "tcp://[host]:2375",
        "tcp://[::1%]:2375",
        "tcp://[::1:2375",
        "http://host:2375",
        "fd://",
        "npipe:////./pipe/docker_engine",
        "ssh://",
        "ssh://me@",
        "ssh://@host",
        "ssh://host:",
        "ssh://host:0",
        "ssh://host:65536",
        "ssh://host/",
        "ssh://host/run/",
        "ssh://me:password@host",
        "ssh://me@you@host",
        "ssh://-oProxyCommand=x",
        "ssh://-oProxyCommand",
        "ssh://-l@host",
        "ssh://me@-host",
        "ssh://host/run/docker.sock;reboot",
        "ssh://host/run/$HOME",
        "ssh://host/run/a b",
        "ssh://host/run/docker.sock?x",
        "ssh://host name",
        "ssh://[::1",
        "ssh://::1",
        "ssh://[host]",
        "ssh:/host",
        "SSH://host",
        std::string("ssh://ho\0st", 11),
    };
    for (const auto& text : texts) {
        INFO(text);
        CHECK_FALSE(parse_engine_endpoint(text));
    }
}
