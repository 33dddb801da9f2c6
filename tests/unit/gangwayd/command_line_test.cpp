// The daemon's arguments that have it started by the machine.
#include "gangwayd/command_line.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

std::variant<arguments, early_exit> parsed(std::vector<const char*> words)
{
    words.insert(words.begin(), "gangwayd");
    return parse_command_line(static_cast<int>(words.size()), words.data());
}

}  // namespace

TEST_CASE("how and when Windows is to start the daemon comes with its other options")
{
    using step = background_request::step;
    using way = background_request::way;
    const auto [option, word, by, what] = GENERATE(table<const char*, const char*, way, step>({
        {"--service", "install", way::service, step::install},
        {"--service", "remove", way::service, step::remove},
        {"--service", "run", way::service, step::run},
        {"--login", "install", way::login, step::install},
        {"--login", "run", way::login, step::run},
    }));
    const auto given = std::get<arguments>(parsed({option, word, "--engine", "tcp://h:1"}));
    REQUIRE(given.background);
    CHECK(given.background->by == by);
    CHECK(given.background->what == what);
    CHECK(given.overrides.engine == "tcp://h:1");
}

TEST_CASE("another word is refused with those that there are")
{
    const auto refused = std::get<early_exit>(parsed({"--service", "start"}));
    CHECK(refused.status == 2);
    CHECK_THAT(refused.text, Catch::Contains("install") && Catch::Contains("remove"));
}

TEST_CASE("without it the daemon runs here and now")
{
    CHECK_FALSE(std::get<arguments>(parsed({})).background);
}
