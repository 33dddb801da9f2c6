// What TLS does beside carrying bytes: records as they are cut, ALPN, key updates, tickets.
#include "tests/conformance/played_engine.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace conformance;
using namespace integration;
using test_support::patterned_bytes;
using test_support::tls_connection;
using names = std::vector<std::string>;

namespace {

tls_connection& as_tls(const std::unique_ptr<conversation>& connection)
{
    return dynamic_cast<tls_connection&>(*connection);
}

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace

TEST_CASE("HTTP/1.1 is offered to the engine by ALPN", "[c36][gangwayd]")
{
    // A dockerd of our day, one of long ago, and one that knows HTTP/2 (29.2 and later).
    const names known = GENERATE(names{"http/1.1"}, names{}, names{"h2", "http/1.1"}, names{"h2"});
    CAPTURE(known);
    const bool tls_1_2 = GENERATE(false, true);
    played_engine stage(upstream::mutual_tls, {.tls_1_2 = tls_1_2, .protocols = known});
    auto [client, engine] = stage.converse(request("GET /_ping"));
    CHECK(as_tls(engine).offered() == names{"http/1.1"});
    const bool agreed = std::find(known.begin(), known.end(), "http/1.1") != known.end();
    CHECK(as_tls(engine).chosen() == (agreed ? "http/1.1" : ""));
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
    engine->send(answer);
    CHECK(client.receive(answer.size()) == answer);
}

TEST_CASE("HTTP/2 is offered for a client that speaks it by prior knowledge", "[c36][gangwayd]")
{
    const names known = GENERATE(names{"h2", "http/1.1"}, names{"h2"}, names{}, names{"http/1.1"});
    CAPTURE(known);
    played_engine stage(upstream::mutual_tls, {.protocols = known});
    auto client = stage.connect();
    // The first line alone tells; more of it than that must not be waited for.
    client.send(preface.substr(0, 16));
    auto engine = stage.accept();
    CHECK(as_tls(engine).offered() == names{"h2", "http/1.1"});
    CHECK(as_tls(engine).chosen() == (known.empty() ? "" : known.front()));
    const std::string settings("\0\0\0\4\0\0\0\0\0", 9);
    client.send(std::string(preface.substr(16)) + settings);
    CHECK(engine->receive(preface.size() + 9) == std::string(preface) + settings);
    engine->send(settings);
    CHECK(client.receive(9) == settings);
    // Two raw directions that end separately.
    client.finish_sending();
    CHECK(engine->receive_all().empty());
    engine->send("GOAWAY");
    engine->finish_sending();
    CHECK(client.receive_all() == "GOAWAY");
}

TEST_CASE("keys are updated while both directions flow", "[c35][gangwayd]")
{
    played_engine stage(upstream::mutual_tls);
    auto [client, engine] = stage.hijacked();
    const auto sent = patterned_bytes(8'000'000);
    const auto output = patterned_bytes(6'000'000);
    bool same_output = false;
    {
        const std::jthread writer([&client = client, &sent, &output, &same_output] {
            client.send(sent);
            client.finish_sending();
            same_output = client.receive_all() == output;
        });
        constexpr std::size_t piece = 100'000;
        for (std::size_t done = 0; done < output.size(); done += piece) {
            CHECK(engine->send(std::string_view(output).substr(done, piece)));
            as_tls(engine).update_keys();
        }
        const bool same_input = engine->receive_all() == sent;
        CHECK(same_input);
        CHECK(as_tls(engine).heard_close_notify());
        engine->finish_sending();
    }
    CHECK(same_output);
}

TEST_CASE("a key update is answered while nothing else is said", "[c35][gangwayd]")
{
    played_engine stage(upstream::mutual_tls);
    auto [client, engine] = stage.hijacked();
    // Each is a message of its own that holds no bytes for the client.
    for (int round = 0; round < 20; ++round) as_tls(engine).update_keys();
    CHECK(client.is_silent());
    client.send("in");
    CHECK(engine->receive(2) == "in");
    engine->send("out");
    CHECK(client.receive(3) == "out");
    // And when the client has ended its direction already: close_notify was the last it sends.
    client.finish_sending();
    CHECK(engine->receive_all().empty());
    as_tls(engine).update_keys();
    engine->send("after");
    engine->finish_sending();
    CHECK(client.receive_all() == "after");
}

TEST_CASE("session tickets pass unnoticed at any time", "[c35][gangwayd]")
{
    played_engine stage(upstream::mutual_tls);
    auto [client, engine] = stage.converse(request("GET /events"));
    as_tls(engine).send_ticket();
    CHECK(client.is_silent());
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    engine->send(head);
    CHECK(client.receive(head.size()) == head);
    as_tls(engine).send_ticket();
    engine->send("1\r\na\r\n");
    as_tls(engine).send_ticket();
    CHECK(client.receive(6) == "1\r\na\r\n");
    client.finish_sending();
    CHECK(engine->receive_all().empty());
    as_tls(engine).send_ticket();
    engine->send("0\r\n\r\n");
    engine->finish_sending();
    CHECK(client.receive_all() == "0\r\n\r\n");
}
