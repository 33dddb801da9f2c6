// Where bodies end, however their bytes are split.
#include "proxy/body_reader.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace proxy;

namespace {

struct outcome {
    std::size_t taken = 0;
    bool finished = false;
    bool malformed = false;
    bool operator==(const outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const outcome& value)
{
    return out << "{taken " << value.taken << (value.finished ? ", finished" : "")
               << (value.malformed ? ", malformed" : "") << "}";
}

// `next_size` says how large each piece is.
template <class NextSize>
outcome read(body_framing framing, std::string_view bytes, NextSize next_size)
{
    body_reader reader(framing);
    std::size_t taken = 0;
    while (taken < bytes.size() && !reader.finished() && !reader.malformed()) {
        taken += reader.take(bytes.substr(taken, next_size()));
    }
    return {taken, reader.finished(), reader.malformed()};
}

outcome read_whole(body_framing framing, std::string_view bytes)
{
    return read(framing, bytes, [&] { return bytes.size(); });
}

constexpr body_framing chunked{body_kind::chunked, 0};

}  // namespace

TEST_CASE("a body of known length ends after it")
{
    CHECK(read_whole({body_kind::length, 3}, "abcdef") == outcome{3, true, false});
    CHECK(read_whole({body_kind::length, 9}, "abcdef") == outcome{6, false, false});
    CHECK(read_whole({body_kind::until_close, 0}, "abcdef") == outcome{6, false, false});
    CHECK(body_reader(body_framing{}).finished());
    CHECK(body_reader({body_kind::length, 0}).finished());
}

TEST_CASE("chunked framing ends with its last trailer")
{
    const auto ends = GENERATE(
        "0\r\n\r\n",
        "3\r\nabc\r\n0\r\n\r\n",
        "A;ext=\"1\"\r\n0123456789\r\n0\r\n\r\n",
        "3 \r\nabc\r\n000\r\n\r\n",
        "1\na\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n"
    );
    CAPTURE(ends);
    const std::string bytes = ends;
    CHECK(read_whole(chunked, bytes + "GET / HTTP/1.1") == outcome{bytes.size(), true, false});
}

TEST_CASE("broken chunked framing is noticed at the byte that breaks it")
{
    const auto [bytes, taken] = GENERATE(table<std::string, std::size_t>({
        {"\r\nabc", 2},
        {"x\r\n", 1},
        {";ext\r\n", 6},
        {"3\r\nabcd", 7},
        {"3\r\nabc\rx", 8},
        {"fffffffffffffffff\r\n", 16},
        {"8000000000000000\r\n", 16},
    }));
    CAPTURE(bytes);
    CHECK(read_whole(chunked, bytes) == outcome{taken, false, true});
}

TEST_CASE("a chunk-size line longer than Go's limit is malformed")
{
    CHECK(read_whole(chunked, "1;" + std::string(4094, 'x') + "\n").malformed == false);
    CHECK(read_whole(chunked, "1;" + std::string(4095, 'x') + "\n").malformed);
}

TEST_CASE("any split of the same bytes gives the same result")
{
    std::mt19937 random(20260131);  // NOLINT: a fixed seed makes a failure repeatable
    const std::string whole =
        "4\r\nwiki\r\n6;a=b\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nT: v\r\n\r\nrest";
    const auto expected = read_whole(chunked, whole);
    CHECK(expected == outcome{whole.size() - 4, true, false});
    for (int round = 0; round < 500; ++round) {
        std::uniform_int_distribution<std::size_t> size(1, 9);
        CHECK(read(chunked, whole, [&] { return size(random); }) == expected);
    }
}

TEST_CASE("what need not be looked at is body for certain, and never a message's last byte")
{
    constexpr auto endless = std::numeric_limits<std::uint64_t>::max();

    struct look {
        body_framing framing;
        std::string before;  // what was read already
        std::uint64_t opaque;
    };

    const std::vector<look> table{
        {{body_kind::none, 0}, "", 0},
        {{body_kind::length, 10}, "", 9},
        {{body_kind::length, 10}, "123", 6},
        {{body_kind::length, 10}, "123456789", 0},
        {{body_kind::length, 10}, "1234567890", 0},
        {{body_kind::until_close, 0}, "", endless},
        {{body_kind::until_close, 0}, "abc", endless},
        {{body_kind::chunked, 0}, "", 0},
        {{body_kind::chunked, 0}, "a", 0},
        {{body_kind::chunked, 0}, "a\r\n", 10},
        {{body_kind::chunked, 0}, "a\r\n1234", 6},
        {{body_kind::chunked, 0}, "a\r\n1234567890", 0},
        {{body_kind::chunked, 0}, "a\r\n1234567890\r\n", 0},
        {{body_kind::chunked, 0}, "0\r\n", 0},
        {{body_kind::chunked, 0}, "x\r\n", 0},
    };
    for (const auto& [framing, before, opaque] : table) {
        CAPTURE(before);
        body_reader reader(framing);
        reader.take(before);
        CHECK(reader.opaque() == opaque);
    }
}

TEST_CASE("a body whose bytes were skipped ends where it would have ended")
{
    body_reader in_chunks(chunked);
    in_chunks.take("a\r\n12");
    in_chunks.skip(8);
    CHECK(in_chunks.opaque() == 0);
    CHECK(in_chunks.take("\r\n3\r\nabc\r\n0\r\n\r\n") == 15);
    CHECK(in_chunks.finished());

    body_reader of_length({body_kind::length, 10});
    of_length.skip(9);
    CHECK_FALSE(of_length.finished());
    CHECK(of_length.take("0next") == 1);
    CHECK(of_length.finished());
}
