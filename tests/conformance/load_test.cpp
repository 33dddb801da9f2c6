// Very many connections, at once and one after the other.
#include "tests/conformance/played_engine.hpp"
#include "tests/conformance/process_usage.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <thread>

using namespace conformance;
using namespace integration;

namespace {

constexpr std::size_t crowd = 1000;

void allow_descriptors(std::size_t count)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, std::min<rlim_t>(count, limit.rlim_max));
    ::setrlimit(RLIMIT_NOFILE, &limit);
    REQUIRE(limit.rlim_cur >= count);
}

void come_and_go(const scene& scene)
{
    std::vector<raw_client> clients;
    for (std::size_t number = 0; number < crowd; ++number) {
        clients.push_back(scene.connect());
        clients.back().send(request("GET /_ping"));
    }
    std::size_t served = 0;
    for (auto& client : clients)
        if (receive_response(client).body == "OK") ++served;
    CHECK(served == crowd);
    // All of them are still connected.
    served = 0;
    for (auto& client : clients) client.send(request("HEAD /_ping"));
    for (auto& client : clients)
        if (receive_response(client, true).status() == 200) ++served;
    CHECK(served == crowd);
}

}  // namespace

TEST_CASE("a thousand clients at once are served and leave nothing", "[c38]")
{
    allow_descriptors(crowd + 100);
    const scene scene(each_way());
    come_and_go(scene);
    CHECK(eventually([&] { return scene.descriptors() < 100; }));
    if (scene.way() == upstream::direct) return;
    const auto gangwayd = *scene.gangwayd();
    const auto descriptors = scene.descriptors();
    const auto threads = threads_of(gangwayd);
    come_and_go(scene);
    CHECK(eventually([&] { return scene.descriptors() <= descriptors; }));
    CHECK(threads_of(gangwayd) == threads);
}

TEST_CASE("thousands of clients one after the other leave nothing", "[c38]")
{
    const scene scene(each_way());
    const auto gangwayd = scene.gangwayd().value_or(::getpid());
    const auto some = [&](int count) {
        std::size_t served = 0;
        for (int number = 0; number < count; ++number) {
            auto client = scene.connect();
            client.send(request("GET /_ping"));
            if (receive_response(client).body == "OK") ++served;
        }
        CHECK(served == static_cast<std::size_t>(count));
    };
    some(100);
    CHECK(eventually([&] { return scene.descriptors() < 100; }));
    const auto descriptors = scene.descriptors();
    const auto threads = threads_of(gangwayd);
    const auto memory = memory_of(gangwayd);
    some(2000);
    CHECK(eventually([&] { return scene.descriptors() <= descriptors; }));
    CHECK(threads_of(gangwayd) == threads);
    if (!sanitized) CHECK(memory_of(gangwayd) < memory + 8'000'000);
}
