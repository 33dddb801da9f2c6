// What is remembered of the engine, and for how long.
#include "proxy/known_answers.hpp"

#include <catch2/catch.hpp>

#include <string>

using proxy::known_answers;
using proxy::known_answers_bounds;

namespace {

void learn(known_answers& all, const std::string& question, const std::string& answer)
{
    all.remember(question, answer, all.now().value());
}

}  // namespace

TEST_CASE("what was answered last is known")
{
    known_answers all;
    CHECK_FALSE(all.find("GET /info"));
    learn(all, "GET /info", "1");
    learn(all, "GET /version", "v");
    learn(all, "GET /info", "2");
    CHECK(all.find("GET /info") == "2");
    CHECK(all.find("GET /version") == "v");
    CHECK_FALSE(all.find("HEAD /info"));
}

TEST_CASE("another may be given what is known, in the same order")
{
    known_answers all;
    learn(all, "a", "1");
    learn(all, "b", "2");
    learn(all, "c", "3");
    CHECK(all.find("a") == "1");
    known_answers other({.answers = 2});
    learn(other, "x", "of another engine");
    other.restore(all.all());
    CHECK_FALSE(other.find("x"));
    CHECK_FALSE(other.find("b"));
    CHECK(other.find("a") == "1");
    CHECK(other.find("c") == "3");
}

TEST_CASE("a change makes everything forgotten")
{
    known_answers all;
    learn(all, "a", "1");
    all.forget();
    CHECK_FALSE(all.find("a"));
    learn(all, "a", "2");
    CHECK(all.find("a") == "2");
}

TEST_CASE("an answer to what was asked before a change is not remembered")
{
    known_answers all;
    const auto before = all.now().value();
    SECTION("at once")
    {
        all.forget();
    }
    SECTION("that took its time")
    {
        const auto change = all.begin_change();
    }
    all.remember("a", "1", before);
    CHECK_FALSE(all.find("a"));
}

TEST_CASE("while something changes nothing is learnt")
{
    known_answers all;
    learn(all, "a", "1");
    const auto before = all.now().value();
    auto change = all.begin_change();
    auto another = all.begin_change();
    CHECK_FALSE(all.find("a"));
    CHECK_FALSE(all.now());
    all.remember("a", "2", before);
    change.reset();
    CHECK_FALSE(all.now());
    another.reset();
    CHECK(all.now());
    CHECK_FALSE(all.find("a"));
}

TEST_CASE("memory is bounded, and what nobody asks for goes first")
{
    known_answers all(known_answers_bounds{.answers = 3, .each = 11, .all = 23});
    learn(all, "a", "1");
    learn(all, "b", "2");
    learn(all, "c", "3");
    CHECK(all.find("a") == "1");
    learn(all, "d", "4");
    CHECK_FALSE(all.find("b"));
    CHECK(all.find("a") == "1");

    SECTION("one that is too large is not kept, nor what it replaces")
    {
        learn(all, "a", std::string(10, 'x'));
        CHECK(all.find("a") == std::string(10, 'x'));
        learn(all, "a", std::string(11, 'x'));
        CHECK_FALSE(all.find("a"));
        CHECK(all.find("d") == "4");
        CHECK(all.has_room_for(11));
        CHECK_FALSE(all.has_room_for(12));
    }
    SECTION("all of them together")
    {
        learn(all, "e", std::string(10, 'e'));
        learn(all, "f", std::string(10, 'f'));
        CHECK_FALSE(all.find("a"));
        CHECK_FALSE(all.find("d"));
        CHECK(all.find("e") == std::string(10, 'e'));
        // Their sizes are given back.
        all.forget();
        learn(all, "g", std::string(10, 'g'));
        learn(all, "h", std::string(10, 'h'));
        CHECK(all.find("g"));
        learn(all, "i", "");
        CHECK(all.find("g"));
        CHECK(all.find("h"));
    }
}
