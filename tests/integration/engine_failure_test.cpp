// Engines that are not there, do not trust us, or end in the middle.
#include "tests/integration/http_text.hpp"
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

using namespace integration;
using test_support::docker_client;
using test_support::docker_engine;
using test_support::gangwayd_options;
using test_support::gangwayd_process;
using test_support::test_directory;

namespace {

// A daemon without a usable engine, and a docker client in front of it.
struct outage {
    explicit outage(const gangwayd_options& options)
        : gangwayd(directory.path(), options),
          docker(directory / "client", "unix://" + gangwayd.docker_socket().string())
    {
    }

    // What a person sees, and what a program sees: a message of ours that names the trouble.
    void check_told(const std::vector<std::string>& words) const
    {
        const auto result = docker.run({"version"});
        CHECK(result.exit_status == 1);
        auto connection = raw_client::to_socket(gangwayd.docker_socket());
        connection.send(request("GET /version"));
        const auto got = receive_response(connection);
        CHECK(got.status() == 503);
        CHECK(got.head.find("\r\nContent-Type: application/json") != std::string::npos);
        CHECK(got.body.starts_with("{\"message\":\"gangway: "));
        CHECK(result.err.find("gangway: ") != std::string::npos);
        for (const auto& word : words) {
            CAPTURE(word, got.body);
            CHECK(got.body.find(word) != std::string::npos);
        }
    }

    test_directory directory;
    gangwayd_process gangwayd;
    docker_client docker;
};

}  // namespace

TEST_CASE("an engine that is not running is an error that names it", "[c31][gangwayd][engine][bad]")
{
    const auto port = std::to_string(test_support::free_tcp_port());
    outage({.engine = "tcp://127.0.0.1:" + port}).check_told({"127.0.0.1:" + port});
    const test_directory nothing;
    const auto socket = (nothing / "no.sock").string();
    outage({.engine = "unix://" + socket}).check_told({socket});
    outage({.engine = "tcp://127.0.0.1:" + port, .tls_dir = shared_engines().pki.client})
        .check_told({"127.0.0.1:" + port});
}

TEST_CASE("a request works as soon as its engine does", "[gangwayd][engine]")
{
    const test_directory directory;
    const auto link = directory / "engine.sock";
    const outage outage({.engine = "unix://" + link.string()});
    outage.check_told({link.string()});
    std::filesystem::create_symlink(shared_engines().plain.socket, link);
    CHECK(outage.docker.run({"version"}).exit_status == 0);
}

TEST_CASE(
    "a client certificate the engine does not trust is a clear refusal",
    "[c36][gangwayd][engine][bad]"
)
{
    const auto& engines = shared_engines();
    outage({.engine = engines.tls.tcp_url(), .tls_dir = engines.pki.stranger})
        .check_told({"certificate"});
}

TEST_CASE(
    "an engine whose certificate we do not trust is a clear refusal", "[gangwayd][engine][bad]"
)
{
    const auto& engines = shared_engines();
    outage({.engine = engines.tls.tcp_url(), .tls_dir = engines.pki.distrust})
        .check_told({"certificate"});
}

TEST_CASE(
    "TLS towards an engine that speaks plain TCP is a clear refusal", "[gangwayd][engine][bad]"
)
{
    const auto& engines = shared_engines();
    outage({.engine = engines.plain.tcp_url(), .tls_dir = engines.pki.client}).check_told({"TLS"});
}

TEST_CASE(
    "plain TCP towards an engine that wants TLS is answered by the engine",
    "[gangwayd][engine][bad]"
)
{
    const auto& engine = shared_engines().tls;
    const outage outage({.engine = engine.tcp_url()});
    const auto result = outage.docker.run({"version"});
    CHECK(result.exit_status == 1);
    CHECK(result.err.find("HTTPS server") != std::string::npos);
    auto through = raw_client::to_socket(outage.gangwayd.docker_socket());
    auto directly = raw_client::to_port(engine.port);
    through.send(request("GET /version"));
    directly.send(request("GET /version"));
    CHECK(through.receive_all() == directly.receive_all());
}

TEST_CASE("an engine that crashes ends its clients at once", "[c31][gangwayd][engine]")
{
    const auto which = each_upstream();
    const test_directory directory;
    const bool tls = which == upstream::mutual_tls;
    const auto& pki = shared_engines().pki;
    docker_engine engine(directory / "e", tls ? std::optional(pki) : std::nullopt);
    const auto address = engine.address();
    const outage outage(
        {.engine = which == upstream::unix_socket ? address.unix_url() : address.tcp_url(),
         .tls_dir = tls ? std::optional(pki.client) : std::nullopt}
    );
    const auto container = outage.docker.text(
        {"run",
         "-d",
         "-i",
         "--stop-signal",
         "KILL",
         "--network",
         "none",
         "busybox",
         "sh",
         "-c",
         "echo up; sleep 1000"}
    );
    const auto idle = test_support::descriptors_of(outage.gangwayd.pid());
    process logs(outage.docker.command({"logs", "-f", container}));
    logs.expect_output("up\n");
    process attached(outage.docker.command({"attach", container}, open_pipe{}));
    process waiting(outage.docker.command({"wait", container}));
    CHECK(eventually([&] { return test_support::descriptors_of(outage.gangwayd.pid()) >= idle + 6; }
    ));
    engine.crash();
    CHECK(logs.wait(patience).has_value());
    CHECK(attached.wait(patience).has_value());
    CHECK(waiting.wait(patience).has_value());
    CHECK(eventually([&] { return test_support::descriptors_of(outage.gangwayd.pid()) <= idle; }));
    outage.check_told({});
}
