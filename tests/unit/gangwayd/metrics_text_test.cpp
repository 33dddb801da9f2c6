// The exposition format, byte by byte.
#include "gangwayd/metrics_text.hpp"

#include "tests/unit/gangwayd/metrics_rules.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <limits>

using type = metric_type;

TEST_CASE("a metric is its help, its type and its samples")
{
    metrics_text text;
    text.begin("a_total", type::counter, "How many.");
    text.sample({{"kind", "one"}, {"code", "200"}}, std::uint64_t{3});
    text.sample({{"kind", "two"}, {"code", "404"}}, std::uint64_t{0});
    text.single("b_bytes", type::gauge, "How much.", std::uint64_t{18446744073709551615U});
    CHECK(
        text.text() ==
        "# HELP a_total How many.\n"
        "# TYPE a_total counter\n"
        "a_total{kind=\"one\",code=\"200\"} 3\n"
        "a_total{kind=\"two\",code=\"404\"} 0\n"
        "# HELP b_bytes How much.\n"
        "# TYPE b_bytes gauge\n"
        "b_bytes 18446744073709551615\n"
    );
}

TEST_CASE("numbers are the shortest that read the same")
{
    constexpr auto infinite = std::numeric_limits<double>::infinity();
    const auto [value, expected] = GENERATE_COPY(table<double, std::string>({
        {0, "0"},
        {0.1, "0.1"},
        {0.01, "0.01"},
        {120, "120"},
        {1764331609.25, "1764331609.25"},
        {infinite, "+Inf"},
        {-infinite, "-Inf"},
        {std::nan(""), "NaN"},
    }));
    metrics_text text;
    text.single("a", type::gauge, "A.", value);
    CHECK(text.text().ends_with("\na " + expected + "\n"));
}

TEST_CASE("what labels and help may not hold is escaped")
{
    metrics_text text;
    text.begin("a", type::gauge, "A \"path\" C:\\x\nand more.");
    text.sample({{"path", "C:\\x \"y\"\nz"}}, std::uint64_t{1});
    CHECK(
        text.text() ==
        "# HELP a A \"path\" C:\\\\x\\nand more.\n"
        "# TYPE a gauge\n"
        "a{path=\"C:\\\\x \\\"y\\\"\\nz\"} 1\n"
    );
    CHECK(read_by_the_rules(text.text()).faults.empty());
}

TEST_CASE("a histogram's steps hold those before them")
{
    constexpr std::array bounds{0.1, 1.0};
    constexpr std::array<std::uint64_t, 3> counts{2, 1, 4};
    metrics_text text;
    text.begin("a_seconds", type::histogram, "How long.");
    text.histogram({}, bounds, counts, 12.5);
    text.histogram({{"from", "x"}}, bounds, counts, 12.5);
    CHECK(
        text.text() ==
        "# HELP a_seconds How long.\n"
        "# TYPE a_seconds histogram\n"
        "a_seconds_bucket{le=\"0.1\"} 2\n"
        "a_seconds_bucket{le=\"1\"} 3\n"
        "a_seconds_bucket{le=\"+Inf\"} 7\n"
        "a_seconds_sum 12.5\n"
        "a_seconds_count 7\n"
        "a_seconds_bucket{from=\"x\",le=\"0.1\"} 2\n"
        "a_seconds_bucket{from=\"x\",le=\"1\"} 3\n"
        "a_seconds_bucket{from=\"x\",le=\"+Inf\"} 7\n"
        "a_seconds_sum{from=\"x\"} 12.5\n"
        "a_seconds_count{from=\"x\"} 7\n"
    );
    CHECK(read_by_the_rules(text.text()).faults.empty());
}

TEST_CASE("the rules find what breaks them", "[bad]")
{
    const auto [text, fault] = GENERATE_COPY(table<std::string, std::string>({
        {"# HELP a A.\n# TYPE a counter\na 1\n", "a counter ends with _total"},
        {"# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n", "only a counter"},
        {"# TYPE a gauge\na 1\n", "no help text"},
        {"# HELP a_ms A.\n# TYPE a_ms gauge\na_ms 1\n", "not in a base unit"},
        {"# HELP a A.\n# TYPE a gauge\na 1\na 2\n", "a second time"},
        {"# HELP a A.\n# TYPE a gauge\nb 1\n", "not of the metric above it"},
        {"# HELP a A.\n# TYPE a gauge\na one\n", "no number"},
        {"# HELP a A.\n# TYPE a gauge\na{b=\"c\"d\"} 1\n", "not understood"},
        {"# HELP a A.\n# TYPE a gauge\na 1", "does not end"},
    }));
    const auto faults = read_by_the_rules(text).faults;
    REQUIRE(faults.size() == 1);
    CHECK_THAT(faults.front(), Catch::Contains(fault));
}
