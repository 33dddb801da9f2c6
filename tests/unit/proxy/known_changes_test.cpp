// When what is known of an engine ends to hold.
#include "proxy/known_changes.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace proxy;

namespace {

struct listened {
    bool knows(const std::string& question) { return answers.find(question).has_value(); }

    // Whether it can be remembered at all.
    bool learn(const std::string& question)
    {
        const auto now = answers.now();
        if (now) answers.remember(question, "an answer", *now);
        return now.has_value();
    }

    known_answers answers;
    bool stands_still = false;
    known_changes changes{answers, [this] { return stands_still; }};
};

}  // namespace

TEST_CASE("nothing is known of an engine before anybody listens to it")
{
    listened one;
    CHECK_FALSE(one.learn("a"));
    one.changes.watched(nullptr);
    CHECK(one.learn("a"));
    CHECK(one.knows("a"));
}

TEST_CASE("whatever an engine tells makes all forgotten")
{
    listened one;
    one.changes.watched(nullptr);
    one.learn("a");
    one.changes.changed({});
    CHECK_FALSE(one.knows("a"));
    CHECK(one.learn("a"));
}

TEST_CASE("an engine that nobody hears any more is known only while it sleeps")
{
    listened one;
    one.changes.watched(nullptr);
    one.learn("a");
    SECTION("it does")
    {
        one.stands_still = true;
        one.changes.unwatched();
        CHECK(one.knows("a"));
        one.changes.watched(nullptr);
        CHECK_FALSE(one.knows("a"));
    }
    SECTION("it does not")
    {
        one.changes.unwatched();
        one.changes.unwatched();
        CHECK_FALSE(one.knows("a"));
        CHECK_FALSE(one.learn("a"));
        // That it has fallen asleep meanwhile mends nothing.
        one.stands_still = true;
        CHECK_FALSE(one.learn("a"));
        one.changes.watched(nullptr);
        CHECK(one.learn("a"));
    }
}

TEST_CASE("an engine that is found asleep is known by what was kept of it")
{
    listened one;
    one.stands_still = true;
    one.changes.nothing_has_changed();
    one.answers.restore({{"a", "1"}});
    CHECK(one.answers.find("a") == "1");
}
