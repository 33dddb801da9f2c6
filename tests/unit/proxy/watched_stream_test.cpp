// Streams that break off and are asked for again: nothing is missing, nothing comes twice.
#include "proxy/watched_stream.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace proxy;
using std::string_literals::operator""s;

namespace {

std::unique_ptr<watched_stream> events(const std::string& query = "")
{
    return watch_stream(stream_kind::events, "/v1.41/events" + query);
}

std::unique_ptr<watched_stream> logs(const std::string& query = "")
{
    return watch_stream(stream_kind::logs, "/containers/x/logs?follow=1&stdout=1" + query);
}

std::string event(const std::string& time, const std::string& action = "start")
{
    return R"({"status":")" + action + R"(","Actor":{"note":"\"timeNano\":7"},"timeNano":)" + time +
           "}\n";
}

// Each letter is one second's.
std::string time_at(char second)
{
    return "2026-11-27T00:00:0"s + second + ".000000005Z ";
}

std::string line(char second, const std::string& text)
{
    return time_at(second) + text + "\n";
}

std::string frame(int stream, const std::string& text)
{
    std::string head(8, '\0');
    head[0] = static_cast<char>(stream);
    head[6] = static_cast<char>(text.size() >> 8 & 0xff);
    head[7] = static_cast<char>(text.size() & 0xff);
    return head + text;
}

// Byte for byte, or all at once: it does not matter.
std::string in_chunks(
    watched_stream& stream, const std::vector<std::string>& chunks, std::size_t size
)
{
    std::string all;
    for (const auto& chunk : chunks)
        for (std::size_t at = 0; at < chunk.size(); at += size)
            all += stream.take(std::string_view(chunk).substr(at, size), at + size >= chunk.size());
    return all;
}

std::string in_pieces(watched_stream& stream, const std::string& bytes, std::size_t size)
{
    return in_chunks(stream, {bytes}, size);
}

const std::vector<std::size_t> sizes{1, 2, 7, 40, 100'000};

}  // namespace

TEST_CASE("what cannot be joined again is no such stream")
{
    CHECK(watch_stream(stream_kind::none, "/services/x/logs?follow=1") == nullptr);
    CHECK(watch_stream(stream_kind::events, "/events?since=1&until=2") == nullptr);
    CHECK(watch_stream(stream_kind::logs, "/containers/x/logs?follow=1&until=2") == nullptr);
    CHECK(watch_stream(stream_kind::events, "/events?until=") != nullptr);
}

TEST_CASE("events go on behind the last, of which dockerd repeats what shares its second")
{
    const auto size = GENERATE(from_range(sizes));
    const auto stream = events("?filters=%7B%7D&since=1");
    CHECK(stream->first_target() == "/v1.41/events?filters=%7B%7D&since=1");
    CHECK_FALSE(stream->needs_beginning());
    const auto first = event("5000000000") + event("5000000007", "die") + event("5000000007");
    CHECK(in_pieces(*stream, first + R"({"half)", size) == first);
    CHECK(stream->next_target().value_or("") == "/v1.41/events?filters=%7B%7D&since=4.000000007");
    const auto fresh = event("5000000007", "stop") + event("4999999999") + event("6000000000");
    CHECK(in_pieces(*stream, first + fresh, size) == fresh);
    // And so on from there.
    CHECK(stream->next_target().value_or("").ends_with("&since=5.000000000"));
    CHECK(in_pieces(*stream, first + fresh, size).empty());
    CHECK(stream->rest().empty());
}

TEST_CASE("events before the first go on from where the client came")
{
    SECTION("by the engine's clock")
    {
        CHECK(events("?since=")->needs_beginning());
        const auto stream = events();
        CHECK(stream->needs_beginning());
        stream->began(watched_stream::moment(std::chrono::nanoseconds(5'000'000'042)));
        CHECK(stream->next_target() == "/v1.41/events?since=5.000000042");
        CHECK(stream->take(event("5000000043"), true) == event("5000000043"));
        // What was before is not the client's.
        CHECK(stream->next_target() == "/v1.41/events?since=5.000000042");
    }
    SECTION("when that is not known, as if it came now")
    {
        CHECK(events()->next_target() == "/v1.41/events");
    }
    SECTION("or from where it said")
    {
        const auto stream = events("?since=5.5");
        CHECK(stream->next_target() == "/v1.41/events?since=5.5");
        CHECK(stream->take(event("5600000000"), true) == event("5600000000"));
        CHECK(stream->next_target() == "/v1.41/events?since=5.500000000");
    }
}

TEST_CASE("of more events than dockerd keeps, none is told twice")
{
    const auto stream = events("?since=0");
    std::string kept;
    for (int number = 0; number < 400; ++number) {
        const auto one = event(std::to_string(9'000'000'000 + number));
        CHECK(stream->take(one, true) == one);
        if (number >= 400 - 256) kept += one;
    }
    CHECK(stream->next_target() == "/v1.41/events?since=9.000000144");
    CHECK(stream->take(kept, true).empty());
}

TEST_CASE("a log loses the times that its client did not ask for")
{
    const auto size = GENERATE(from_range(sizes));
    const auto stream = logs();
    CHECK(stream->first_target() == "/containers/x/logs?follow=1&stdout=1&timestamps=1");
    CHECK_FALSE(stream->needs_beginning());
    SECTION("in frames")
    {
        const auto asked = frame(1, line('1', "one")) + frame(2, line('2', "")) +
                           frame(3, "Error grabbing logs: EOF\n") +
                           frame(1, line('3', std::string(16'384, 'x')));
        const auto told = frame(1, "one\n") + frame(2, "\n") +
                          frame(3, "Error grabbing logs: EOF\n") +
                          frame(1, std::string(16'384, 'x') + "\n");
        CHECK(in_pieces(*stream, asked, size) == told);
    }
    SECTION("from a terminal, whose lines dockerd breaks, and leaves without an end")
    {
        const std::string full(16'384, 'x');
        const std::vector<std::string> asked{
            line('1', "one\r"),
            time_at('2') + full,
            line('2', "rest\r"),
            time_at('3') + "/ # ",
            line('4', "again\r"),
            "Error grabbing logs: EOF\n",
            time_at('5')};
        CHECK(
            in_chunks(*stream, asked, size) ==
            "one\r\n" + full + "rest\r\n/ # again\r\nError grabbing logs: EOF\n"
        );
        CHECK(stream->next_target().has_value());
    }
}

TEST_CASE("what goes on a line that was begun long ago is not missed")
{
    const auto stream = logs();
    const auto begun = frame(2, time_at('3') + "50%\r");
    CHECK(
        stream->take(begun + frame(1, line('8', "out")), true) ==
        frame(2, "50%\r") + frame(1, "out\n")
    );
    CHECK(stream->next_target().value_or("").ends_with("&since=1795737602.000000005"));
    const auto ended = frame(2, line('3', "100%"));
    CHECK(stream->take(begun + frame(1, line('8', "out")) + ended, true) == frame(2, "100%\n"));
    // It has ended: the last one counts.
    CHECK(stream->next_target().value_or("").ends_with("&since=1795737602.000000005"));
    CHECK(stream->take(ended + frame(1, line('9', "new")), true) == frame(1, "new\n"));
    CHECK(stream->next_target().value_or("").ends_with("&since=1795737608.000000005"));
}

TEST_CASE("a log keeps the times that its client asked for")
{
    const auto stream = logs("&timestamps=true");
    CHECK(stream->take(frame(1, line('1', "one")), true) == frame(1, line('1', "one")));
    CHECK(stream->first_target() == "/containers/x/logs?follow=1&stdout=1&timestamps=1");
}

TEST_CASE("a log goes on behind the last message")
{
    const auto size = GENERATE(from_range(sizes));
    const auto stream = logs("&tail=5");
    const auto again = frame(1, line('3', "tick"));
    // Out of order by a little, and the same in the same nanosecond.
    const auto first = frame(1, line('2', "a")) + frame(2, line('3', "b")) + again + again;
    CHECK_FALSE(in_pieces(*stream, first, size).empty());
    const auto half = frame(1, line('4', "half"));
    CHECK(in_pieces(*stream, half.substr(0, 20), size).empty());
    const auto target = stream->next_target();
    CHECK(
        target ==
        "/containers/x/logs?follow=1&stdout=1&timestamps=1&tail=all&since=1795737602.000000005"
    );
    const auto third = again;
    CHECK(
        in_pieces(*stream, first + third + frame(2, line('3', "late")) + half, size) ==
        frame(1, "tick\n") + frame(2, "late\n") + frame(1, "half\n")
    );
    // Broken off again while that is looked for.
    CHECK(stream->next_target().has_value());
    CHECK(in_pieces(*stream, first, size).empty());
    CHECK(stream->next_target().has_value());
    const auto rest = frame(1, line('5', "end"));
    CHECK(
        in_pieces(*stream, first + third + frame(2, line('3', "late")) + half + rest, size) ==
        frame(1, "end\n")
    );
}

TEST_CASE("a log whose last message is gone goes on with what is newer")
{
    const auto stream = logs();
    in_chunks(*stream, {line('2', "a"), line('3', "b")}, 100);
    CHECK(stream->next_target().has_value());
    CHECK(in_chunks(*stream, {line('2', "z"), line('4', "c"), line('3', "d")}, 100) == "c\nd\n");
}

TEST_CASE("a log that has shown nothing yet")
{
    SECTION("is asked for as at first")
    {
        CHECK(logs("&tail=7")->next_target() == logs("&tail=7")->first_target());
        CHECK(logs("&tail=0")->next_target() == logs("&tail=0")->first_target());
    }
    SECTION("or was to show only what is new")
    {
        const auto stream = logs("&tail=0");
        CHECK(stream->needs_beginning());
        stream->began(watched_stream::moment(std::chrono::nanoseconds(5'000'000'000)));
        CHECK(
            stream->next_target() ==
            "/containers/x/logs?follow=1&stdout=1&timestamps=1&tail=all&since=5.000000000"
        );
    }
    SECTION("since a moment")
    {
        const auto stream = logs("&tail=0&since=9");
        stream->began(watched_stream::moment(std::chrono::nanoseconds(5'000'000'000)));
        CHECK(stream->next_target().value_or("").ends_with("&since=9.000000000"));
    }
}

TEST_CASE("what is no log with times passes as it is, and is not joined again")
{
    const auto size = GENERATE(from_range(sizes));
    const std::string bad =
        GENERATE("\1\0\0\1\0\0\0\1x"s, "\1\0\0\0\0\0\0\4none"s, "\1\0\0\0\xff\0\0\0x"s);
    CAPTURE(bad);
    const auto stream = logs();
    CHECK(
        in_pieces(*stream, frame(1, line('1', "one")) + bad + "more", size) ==
        frame(1, "one\n") + bad + "more"
    );
    CHECK(stream->next_target() == std::nullopt);
    CHECK(stream->rest().empty());
}

TEST_CASE("a chunk without end passes as it is")
{
    const auto stream = logs();
    std::string passed;
    const std::string piece(1 << 20, 'x');
    for (int count = 0; count < 8; ++count) passed += stream->take(piece, false);
    CHECK(passed.size() == 8 * piece.size());
    CHECK(stream->next_target() == std::nullopt);
}

TEST_CASE("samples come whole, without the first of each new answer")
{
    const auto size = GENERATE(from_range(sizes));
    const auto stream = watch_stream(stream_kind::stats, "/containers/x/stats");
    CHECK(in_pieces(*stream, "{1}\n{2}\n{3", size) == "{1}\n{2}\n");
    CHECK(stream->next_target() == "/containers/x/stats");
    CHECK(in_pieces(*stream, "{4}\n{5}\n", size) == "{5}\n");
    CHECK(stream->ends_without_subject());
}

TEST_CASE("a wait is asked again, and is answered once")
{
    const auto stream = watch_stream(stream_kind::exit, "/containers/x/wait?condition=next-exit");
    CHECK(stream->first_target() == "/containers/x/wait?condition=next-exit");
    CHECK(stream->take("{\"Status", true).empty());
    CHECK(stream->next_target() == "/containers/x/wait?condition=not-running");
    CHECK(stream->take("{\"StatusCode\":", true).empty());
    CHECK(stream->take("3}\n", true).empty());
    CHECK(stream->rest() == "{\"StatusCode\":3}\n");
    CHECK_FALSE(stream->ends_without_subject());
    CHECK(
        watch_stream(stream_kind::exit, "/containers/x/wait?condition=removed")->next_target() ==
        "/containers/x/wait?condition=removed"
    );
}

TEST_CASE("only what can be asked again in the same words is followed")
{
    request_head head;
    head.method = "GET";
    head.target = "/events";
    CHECK(may_be_followed(head));
    head.body = {body_kind::length, 0};
    CHECK(may_be_followed(head));
    SECTION("an older protocol")
    {
        head.http_1_0 = true;
    }
    SECTION("a head alone")
    {
        head.method = "HEAD";
    }
    SECTION("an address")
    {
        head.target = "http://docker/events";
    }
    SECTION("a body")
    {
        head.body = {body_kind::length, 1};
    }
    SECTION("a body of any length")
    {
        head.body = {body_kind::chunked, 0};
    }
    SECTION("another protocol")
    {
        head.upgrade = true;
    }
    SECTION("a body that is announced")
    {
        head.expects_continue = true;
    }
    CHECK_FALSE(may_be_followed(head));
}
