// More connections than there are descriptors.
#include "tests/conformance/played_engine.hpp"
#include "tests/conformance/process_usage.hpp"
#include "tests/integration/http_text.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>
#include <vector>

using namespace conformance;
using namespace integration;

TEST_CASE("without a free descriptor accepting waits, and does not spin", "[c38][gangwayd][bad]")
{
    const scene scene(each_upstream());
    const auto gangwayd = *scene.gangwayd();
    const auto held = scene.descriptors();
    limit_descriptors(gangwayd, held + 10);
    std::vector<raw_client> clients;
    for (int number = 0; number < 30; ++number) {
        clients.push_back(scene.connect());
        clients.back().send(request("GET /_ping"));
    }
    CHECK(eventually([&] { return scene.descriptors() >= held + 9; }));
    const auto used = processor_time_of(gangwayd);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    CHECK(processor_time_of(gangwayd) - used < std::chrono::milliseconds(500));
    clients.clear();
    auto next = scene.connect();
    next.send(request("GET /_ping"));
    CHECK(receive_response(next).body == "OK");
    CHECK(eventually([&] { return scene.descriptors() <= held + 2; }));
}
