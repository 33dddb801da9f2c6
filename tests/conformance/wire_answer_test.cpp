// Ordinary answers of a real engine: their bytes, in what order they come, and whether the
// connection is kept, all compared with the same conversation directly.
#include "tests/integration/http_text.hpp"
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

#include <regex>

using namespace integration;

namespace {

const std::string follow_up = request("GET /v1.41/_ping", "X-Second: yes\r\n");

// One answer, and then either that of a second request on the same connection or its end.
std::string answer_and_state(raw_client connection, const std::string& bytes, bool to_head)
{
    connection.send(bytes);
    const auto answer = receive_response(connection, to_head);
    auto text = answer.head + answer.body;
    if (!connection.send(follow_up)) return masked(text) + "\nended";
    try {
        const auto second = receive_response(connection);
        return masked(text + "\nopen\n" + second.head + second.body);
    } catch (const std::runtime_error&) {
        return masked(text + "\nended" + connection.receive_all());
    }
}

// What of the engine's description of itself changes from one call to the next.
std::string without_moment(std::string info)
{
    static const std::regex numbers(R"x("(NFd|NGoroutines|NEventsListener)":\d+)x");
    static const std::regex time(R"x("SystemTime":"[^"]*")x");
    return std::regex_replace(std::regex_replace(info, numbers, "\"$1\":<n>"), time, "<time>");
}

}  // namespace

TEST_CASE("a ping leaves its connection as it does directly", "[c1]")
{
    const scene scene(each_upstream());

    struct ping {
        std::string bytes;
        bool kept;
    };

    const std::vector<ping> table{
        {"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n", true},
        {"HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n", true},
        {"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n", false},
        {"GET /_ping HTTP/1.0\r\n\r\n", false},
        {"HEAD /_ping HTTP/1.0\r\n\r\n", false},
        {"GET /_ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
        {"HEAD /_ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };
    for (const auto& [bytes, kept] : table) {
        CAPTURE(bytes);
        const bool to_head = bytes.starts_with("HEAD");
        const auto directly = answer_and_state(scene.connect_directly(), bytes, to_head);
        CHECK(answer_and_state(scene.connect(), bytes, to_head) == directly);
        CHECK((directly.find("\nopen\n") != std::string::npos) == kept);
    }
}

TEST_CASE("info comes in chunks, and to HTTP/1.0 until the end", "[c2]")
{
    const scene scene(each_upstream());
    const auto in_chunks = [](raw_client connection) {
        connection.send(request("GET /info"));
        const auto answer = receive_response(connection);
        CHECK(connection.is_silent());
        return masked(without_moment(answer.head + answer.body));
    };
    const auto directly = in_chunks(scene.connect_directly());
    CHECK(in_chunks(scene.connect()) == directly);
    CHECK(directly.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    const auto until_end = [](raw_client connection) {
        connection.send("GET /info HTTP/1.0\r\n\r\n");
        return masked(without_moment(connection.receive_all()));
    };
    const auto old_directly = until_end(scene.connect_directly());
    CHECK(until_end(scene.connect()) == old_directly);
    CHECK(old_directly.starts_with("HTTP/1.0 200 OK\r\n"));
    CHECK(old_directly.find("Transfer-Encoding") == std::string::npos);
}

TEST_CASE("a start and a needless start are answered without a body", "[c3]")
{
    const scene scene(each_upstream());
    const auto twice = [&](raw_client connection) {
        const auto container = scene.direct().text({"create", "busybox", "sleep", "1000"});
        const auto start = request("POST /v1.41/containers/" + container + "/start");
        std::string answers;
        for (int round = 0; round < 2; ++round) {
            connection.send(start);
            answers += connection.receive_until("\r\n\r\n");
        }
        // Nothing stands between those heads and the next answer.
        connection.send(follow_up);
        const auto last = receive_response(connection);
        return masked(answers + last.head + last.body);
    };
    const auto directly = twice(scene.connect_directly());
    CHECK(twice(scene.connect()) == directly);
    CHECK(directly.starts_with("HTTP/1.1 204 No Content\r\n"));
    CHECK(directly.find("HTTP/1.1 304 Not Modified\r\n") != std::string::npos);
}

TEST_CASE("requests sent in one write are answered in order", "[c4]")
{
    const scene scene(each_upstream());
    SECTION("two pings")
    {
        const auto both = [](raw_client connection) {
            connection.send(request("GET /_ping") + last_request("GET /_ping"));
            return masked(connection.receive_all());
        };
        const auto directly = both(scene.connect_directly());
        CHECK(both(scene.connect()) == directly);
        CHECK(directly.find("OKHTTP/1.1 200 OK\r\n") != std::string::npos);
    }
    SECTION("a ping behind a wait that is not answered yet")
    {
        const auto behind_wait = [&](raw_client connection) {
            const auto container = scene.direct().text(
                {"create", "--network", "none", "busybox", "sh", "-c", "sleep 1; exit 4"}
            );
            connection.send(
                request("POST /containers/" + container + "/wait?condition=next-exit") +
                last_request("GET /_ping")
            );
            auto answers = connection.receive_until("\r\n\r\n");
            CHECK(connection.is_silent());
            scene.direct().text({"start", container});
            answers += connection.receive_all();
            return masked(answers);
        };
        const auto directly = behind_wait(scene.connect_directly());
        CHECK(behind_wait(scene.connect()) == directly);
        CHECK(directly.find("\"StatusCode\":4") != std::string::npos);
        CHECK(directly.ends_with("\r\n\r\nOK"));
    }
    SECTION("an attach behind a ping")
    {
        const auto attached = [&](raw_client connection) {
            const auto container = scene.direct().text(
                {"create", "-i", "--network", "none", "busybox", "sh", "-c", "read x; echo $x"}
            );
            connection.send(
                request("GET /_ping") +
                request(
                    "POST /containers/" + container + "/attach?stream=1&stdin=1&stdout=1",
                    "Connection: Upgrade\r\nUpgrade: tcp\r\n"
                )
            );
            const auto first = receive_response(connection);
            auto answers = first.head + first.body + connection.receive_until("\r\n\r\n");
            scene.direct().text({"start", container});
            connection.send("word\n");
            answers += unframed(connection.receive_all());
            return masked(answers);
        };
        const auto directly = attached(scene.connect_directly());
        CHECK(attached(scene.connect()) == directly);
        CHECK(directly.find("101 UPGRADED") != std::string::npos);
        CHECK(directly.ends_with("\r\n\r\nword\n"));
    }
}
