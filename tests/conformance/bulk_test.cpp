// Many bytes, of every size around the buffers on the way, framed in every way: however they are
// moved, they are the same bytes.
#include "tests/conformance/played_engine.hpp"
#include "tests/conformance/process_usage.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <regex>
#include <thread>

using namespace conformance;
using namespace integration;
using test_support::patterned_bytes;

namespace {

const std::vector<std::size_t>& odd_sizes()
{
    static const std::vector<std::size_t> sizes{
        1, 4095, 4096, 4097, 16383, 16384, 16385, 65535, 65536, 65537, 131071, 262145, 1000003};
    return sizes;
}

std::string in_chunks(std::string_view content, std::size_t size)
{
    std::string body;
    for (; !content.empty(); content.remove_prefix(std::min(size, content.size()))) {
        body += chunk(content.substr(0, size));
    }
    return body.append(last_chunk);
}

// Sends on a thread of its own, so that both sides may be read meanwhile.
std::jthread sending(conversation& side, const std::string& bytes)
{
    return std::jthread([&side, &bytes] { side.send(bytes); });
}

// A small archive has a length or chunks, depending on how fast the engine packs it.
std::string without_framing(const std::string& head)
{
    static const std::regex framing("(Content-Length|Transfer-Encoding): [^\r\n]*\r\n");
    return std::regex_replace(head, framing, "");
}

bool receives(conversation& side, const std::string& expected)
{
    return side.receive(expected.size()) == expected;
}

}  // namespace

TEST_CASE("bodies of odd sizes pass both ways on one connection", "[c39]")
{
    const bool chunked = GENERATE(false, true);
    CAPTURE(chunked);
    played_engine stage(each_way());
    auto [client, engine] = stage.converse(request("GET /_ping"));
    const std::string pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
    engine->send(pong);
    CHECK(client.receive(pong.size()) == pong);
    for (const auto size : odd_sizes()) {
        CAPTURE(size);
        const auto content = patterned_bytes(size);
        const auto framing = chunked ? std::string("Transfer-Encoding: chunked\r\n\r\n")
                                     : "Content-Length: " + std::to_string(size) + "\r\n\r\n";
        // Chunks whose edges never fall on those of a buffer.
        const auto body = chunked ? in_chunks(content, 1 + size / 3) : content;
        const auto upload =
            "PUT /containers/c/archive?path=/ HTTP/1.1\r\nHost: d\r\n" + framing + body;
        const auto download = "HTTP/1.1 200 OK\r\n" + framing + body;
        {
            const auto sender = sending(client, upload);
            const bool same_upload = receives(*engine, upload);
            CHECK(same_upload);
        }
        {
            const auto sender = sending(*engine, download);
            const bool same_download = receives(client, download);
            CHECK(same_download);
        }
        CHECK(engine->is_silent());
        CHECK(client.is_silent());
    }
}

TEST_CASE("streams of odd sizes pass both ways at the same time", "[c20][c39]")
{
    const std::size_t size = GENERATE(65537U, 1000003U, 30'000'001U);
    CAPTURE(size);
    played_engine stage(each_way());
    auto [client, engine] = stage.hijacked();
    const auto content = patterned_bytes(size);
    bool same_input = false;
    {
        // The engine returns what it reads, as cat does.
        const std::jthread cat([&engine = engine, &content, &same_input] {
            std::string all;
            while (all.size() < content.size()) {
                const auto segment = engine->receive_segment();
                engine->send(segment);
                all += segment;
            }
            same_input = all == content && engine->receive_all().empty();
            engine->finish_sending();
        });
        CHECK(client.send(content));
        client.finish_sending();
        const bool same_output = client.receive_all() == content;
        CHECK(same_output);
    }
    CHECK(same_input);
}

TEST_CASE("a side that does not read stops the other, and nothing is piled up", "[c20]")
{
    const bool upload = GENERATE(true, false);
    CAPTURE(upload);
    played_engine stage(each_way());
    auto [client, engine] = stage.hijacked();
    conversation& writer = upload ? static_cast<conversation&>(client) : *engine;
    conversation& reader = upload ? *engine : static_cast<conversation&>(client);
    const auto before = memory_of(stage.pid());
    constexpr std::size_t piece = 65536;
    constexpr std::size_t pieces = 1024;
    const auto content = patterned_bytes(piece);
    std::atomic<std::size_t> taken = 0;
    {
        const std::jthread sender([&] {
            for (; taken < pieces; ++taken) writer.send(content);
            writer.finish_sending();
        });
        // Stuck: the count does not change any more.
        std::size_t seen = 0;
        CHECK(eventually([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            return std::exchange(seen, taken) == taken;
        }));
        CHECK(taken < pieces / 2);
        if (!sanitized && stage.pid() != ::getpid()) {
            CHECK(memory_of(stage.pid()) < before + 8'000'000);
        }
        bool same = true;
        for (std::size_t round = 0; round < pieces; ++round) {
            same = same && reader.receive(piece) == content;
        }
        CHECK(same);
        CHECK(reader.receive_all().empty());
    }
}

TEST_CASE("archives are the same bytes packed and unpacked", "[c39]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached(
        {"busybox",
         "sh",
         "-c",
         "head -c 1000001 /bin/busybox >/big; echo small >/new; mv /new /small; sleep 1000"}
    );
    CHECK(
        scene.direct()
            .run({"exec", container, "sh", "-c", "until [ -e /small ]; do :; done"})
            .exit_status == 0
    );
    for (const std::string target :
         {"/archive?path=/big", "/archive?path=/small", "/archive?path=/bin", "/export"}) {
        for (const std::string encoding :
             {"", "Accept-Encoding: gzip\r\n", "Accept-Encoding: deflate\r\n"}) {
            CAPTURE(target, encoding);
            const auto got = [&](raw_client connection) {
                connection.send(request("GET /containers/" + container + target, encoding));
                const auto answer = receive_response(connection);
                return without_framing(masked(answer.head)) + answer.body;
            };
            const bool same = got(scene.connect()) == got(scene.connect_directly());
            CHECK(same);
        }
    }
}
