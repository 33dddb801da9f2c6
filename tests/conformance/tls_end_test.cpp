// The ends of a TLS connection to the engine: close_notify, half-close, truncation, refusal.
#include "tests/conformance/played_engine.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

using namespace conformance;
using namespace integration;
using test_support::gangwayd_process;
using test_support::test_directory;
using test_support::tls_connection;
using test_support::tls_engine;

namespace {

tls_connection& as_tls(const std::unique_ptr<conversation>& connection)
{
    return dynamic_cast<tls_connection&>(*connection);
}

}  // namespace

TEST_CASE("close_notify alone ends the client's stream though TCP stays open", "[c35][gangwayd]")
{
    const bool tls_1_2 = GENERATE(false, true);
    played_engine stage(upstream::mutual_tls, {.tls_1_2 = tls_1_2});
    auto [client, engine] = stage.hijacked();
    engine->send("last output");
    engine->finish_sending();
    CHECK(client.receive_all() == "last output");
    CHECK(!client.is_reset());
    CHECK(as_tls(engine).is_transport_open());
    // The client's direction is still there.
    CHECK(client.send("late input"));
    CHECK(engine->receive(10) == "late input");
    client.finish_sending();
    CHECK(engine->receive_all().empty());
    CHECK(as_tls(engine).heard_close_notify());
}

TEST_CASE("a client's half-close is a close_notify, and output goes on", "[c35][c17][gangwayd]")
{
    const bool tls_1_2 = GENERATE(false, true);
    played_engine stage(upstream::mutual_tls, {.tls_1_2 = tls_1_2});
    auto [client, engine] = stage.hijacked();
    client.send("all the input");
    client.finish_sending();
    CHECK(engine->receive_all() == "all the input");
    CHECK(as_tls(engine).heard_close_notify());
    CHECK(as_tls(engine).is_transport_open());
    const auto output = test_support::patterned_bytes(3'000'000);
    CHECK(engine->send(output));
    engine->finish_sending();
    const bool same_bytes = client.receive_all() == output;
    CHECK(same_bytes);
    // With both directions ended gangwayd has nothing to keep the connection for.
    const auto& tls = as_tls(engine);
    CHECK(eventually([&] { return !tls.is_transport_open(); }));
}

TEST_CASE("a truncated TLS stream is no end of the stream", "[c35][c10][gangwayd][bad]")
{
    const bool within_a_record = GENERATE(false, true);
    played_engine stage(upstream::mutual_tls);
    auto [client, engine] = stage.hijacked();
    engine->send("output");
    CHECK(client.receive(6) == "output");
    if (within_a_record) {
        as_tls(engine).cut_within("what never arrives");
    } else {
        as_tls(engine).cut();
    }
    CHECK(client.receive_all().empty());
    // After a clean end (see above) the client may go on writing. Here its connection is gone.
    CHECK(eventually([&, &from = client] { return !from.send("more"); }));
}

TEST_CASE("a body cut by a truncated TLS stream is not given an end", "[c35][c10][gangwayd][bad]")
{
    const std::string answer = GENERATE(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nab"
    );
    CAPTURE(answer);
    played_engine stage(upstream::mutual_tls);
    auto [client, engine] = stage.converse(request("GET /images/get?names=a"));
    engine->send(answer);
    CHECK(client.receive(answer.size()) == answer);
    as_tls(engine).cut();
    CHECK(client.receive_all().empty());
    CHECK(eventually([&, &from = client] { return !from.send(request("GET /_ping")); }));
}

TEST_CASE("an engine that breaks off without a word gives no answer", "[c35][c31][gangwayd][bad]")
{
    const bool by_reset = GENERATE(false, true);
    played_engine stage(upstream::mutual_tls);
    auto [client, engine] = stage.converse(request("POST /containers/c/start"));
    if (by_reset) {
        engine->reset();
    } else {
        as_tls(engine).cut();
    }
    CHECK(client.receive_all().empty());
}

TEST_CASE("a client that vanishes breaks the TLS connection off", "[c35][c22][gangwayd]")
{
    played_engine stage(upstream::mutual_tls);
    auto [client, engine] = stage.hijacked();
    client.send("last words");
    client.close();
    CHECK(engine->receive(10) == "last words");
    engine->receive_all();
    CHECK(eventually([&, &tls = as_tls(engine)] { return !tls.is_transport_open(); }));
}

TEST_CASE(
    "a client certificate refused after the handshake is told to the client", "[c36][gangwayd][bad]"
)
{
    // With TLS 1.3 our handshake is complete before the engine has seen the certificate.
    const bool tls_1_2 = GENERATE(false, true);
    const auto& pki = shared_engines().pki;
    const test_directory directory;
    tls_engine engine(pki.engine, {.tls_1_2 = tls_1_2});
    const gangwayd_process gangwayd(
        directory.path(),
        {.engine = "tcp://127.0.0.1:" + std::to_string(engine.port()), .tls_dir = pki.stranger}
    );
    auto client = raw_client::to_socket(gangwayd.docker_socket());
    client.send(request("POST /containers/c/start"));
    CHECK_THROWS_WITH(engine.accept(), Catch::Matchers::Contains("handshake fails"));
    const auto got = receive_response(client);
    CHECK(got.status() == 503);
    CHECK(got.body.find("alert") != std::string::npos);
    CHECK(client.receive_all().empty());
}
