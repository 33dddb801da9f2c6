// What is kept of bytes that were read, and in how much memory.
#include "proxy/unread_buffer.hpp"

#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

using proxy::buffer_pool;
using proxy::unread_buffer;

namespace {

void put(unread_buffer& into, std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto space = into.space();
        const auto count = std::min(space.size(), bytes.size());
        std::memcpy(space.data(), bytes.data(), count);
        into.filled(count);
        bytes.remove_prefix(count);
    }
}

}  // namespace

TEST_CASE("bytes are kept in order while they come and go, over every border")
{
    buffer_pool pool;
    unread_buffer buffer(pool);
    const auto all = test_support::patterned_bytes(3 * buffer_pool::buffer_size);
    std::size_t came = 0;
    std::size_t went = 0;
    for (std::size_t step = 1; went < all.size(); step = step * 5 % 70'001) {
        const auto in = std::min(step, all.size() - came);
        put(buffer, std::string_view(all).substr(came, in));
        came += in;
        buffer.rest();
        REQUIRE(buffer.bytes() == std::string_view(all).substr(went, came - went));
        const auto out = std::min(step / 2 + 1, came - went);
        buffer.drop(out);
        went += out;
    }
}

TEST_CASE("a large buffer is given back before a wait, unless it holds much")
{
    buffer_pool pool;
    unread_buffer buffer(pool);
    put(buffer, "x");
    const auto* const place = buffer.bytes().data();
    const auto is_lent_again = [&] {
        auto lent = pool.take();
        const bool same = lent.get() == place;
        pool.give_back(std::move(lent));
        return same;
    };
    SECTION("it holds nothing")
    {
        buffer.drop(1);
        buffer.rest();
        CHECK(buffer.bytes().empty());
        CHECK(is_lent_again());
    }
    SECTION("it holds a head: that moves to a place of its size, and grows again")
    {
        const std::string head = "x" + std::string(999, 'y');
        put(buffer, std::string_view(head).substr(1));
        buffer.rest();
        CHECK(is_lent_again());
        CHECK(buffer.bytes() == head);
        put(buffer, "z");
        CHECK(buffer.bytes() == head + "z");
    }
    SECTION("it holds much")
    {
        put(buffer, std::string(100'000, 'y'));
        buffer.rest();
        CHECK(buffer.bytes().data() == place);
    }
}
