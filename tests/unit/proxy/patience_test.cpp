// How long a loop looks for more before it sleeps.
#include "proxy/patience.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using proxy::patience;

TEST_CASE("patience grows with short sleeps, up to a bound, and not with long ones")
{
    patience one;
    CHECK(one.length() == 0us);
    one.slept(64us);
    one.slept(1h);
    CHECK(one.length() == 0us);
    for (const auto expected : {8us, 16us, 32us, 64us, 64us}) {
        one.slept(63us);
        CHECK(one.length() == expected);
    }
    one.slept(1h);
    CHECK(one.length() == 64us);
}

TEST_CASE("patience in vain is halved, and ends")
{
    patience one;
    for (int time = 0; time < 4; ++time) one.slept(1us);
    for (const auto expected : {32us, 16us, 8us, 0us, 0us}) {
        one.in_vain();
        CHECK(one.length() == expected);
    }
}

TEST_CASE("patience is for a dialogue: it ends when several come at once")
{
    patience one;
    one.slept(1us);
    one.came(patience::most_in_dialogue);
    CHECK(one.length() == 8us);
    one.came(patience::most_in_dialogue + 1);
    CHECK(one.length() == 0us);
}
