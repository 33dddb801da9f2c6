// When the memory of many sessions is given back.
#include "proxy/crowd.hpp"

#include <catch2/catch.hpp>

using proxy::crowd;

namespace {

// How often memory is given back while `count` sessions end one after the other, down to `left`.
int times_given_back(crowd& one, std::size_t count, std::size_t left)
{
    int times = 0;
    for (std::size_t ended = count; ended > 0; --ended) {
        if (one.went(left + ended - 1)) ++times;
    }
    return times;
}

}  // namespace

TEST_CASE("memory is given back when many sessions have ended and few are left")
{
    struct sample {
        std::size_t most;
        std::size_t left;
        int times;
    };

    const auto each = GENERATE(
        sample{63, 0, 0},
        sample{64, 0, 1},
        sample{64, 8, 0},
        sample{100, 30, 0},
        sample{100, 8, 1},
        sample{1000, 251, 0},
        sample{1000, 250, 1},
        sample{1000, 0, 2}
    );
    CAPTURE(each.most, each.left);
    crowd one;
    one.came(each.most);
    CHECK(times_given_back(one, each.most - each.left, each.left) == each.times);
}

TEST_CASE("memory is given back after many sessions one after the other, beside few that stay")
{
    for (const std::size_t stay : {0U, 8U}) {
        crowd one;
        int times = 0;
        for (int number = 0; number < 640; ++number) {
            one.came(stay + 1);
            if (one.went(stay)) ++times;
        }
        CHECK(times == 10);
    }
}
