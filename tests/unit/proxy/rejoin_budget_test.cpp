// Tries without end would be a loop, and one try too few a dead stream.
#include "proxy/rejoin_budget.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using proxy::rejoin_budget;

namespace {

constexpr rejoin_budget::clock::time_point start{1000s};

// Of the tries that come one after another; true: there was an end.
bool runs_out_after(rejoin_budget& budget, int tries)
{
    for (int each = 0; each < tries; ++each)
        if (budget.next_try(start) != rejoin_budget::pause) return false;
    return !budget.next_try(start);
}

}  // namespace

TEST_CASE("a connection that lasted is made anew at once, one that did not after a pause")
{
    const auto [lasted, pause] =
        GENERATE(table<rejoin_budget::clock::duration, rejoin_budget::clock::duration>({
            {0ms, 1s},
            {999ms, 1s},
            {1s, 0s},
            {24h, 0s},
        }));
    rejoin_budget budget;
    budget.connected(start);
    CHECK(budget.next_try(start + lasted) == pause);
    // What it lasted does not count for the next.
    CHECK(budget.next_try(start + lasted) == rejoin_budget::pause);
}

TEST_CASE("tries that make nothing come to an end")
{
    rejoin_budget budget;
    CHECK(runs_out_after(budget, rejoin_budget::most));
}

TEST_CASE("connections that break at once come to an end, those that last or are of use do not")
{
    const auto [lasted, of_use, goes_on] =
        GENERATE(table<rejoin_budget::clock::duration, bool, bool>({
            {0s, false, false},
            {9s, false, false},
            {10s, false, true},
            {0s, true, true},
        }));
    rejoin_budget budget;
    bool ended = false;
    for (int each = 0; each <= rejoin_budget::most; ++each) {
        budget.connected(start);
        if (of_use) budget.got_on();
        ended = ended || !budget.next_try(start + lasted);
    }
    CHECK(ended == !goes_on);
}
