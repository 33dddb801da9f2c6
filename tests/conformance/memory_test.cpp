// What a crowd has needed is given back when it has gone.
#include "tests/conformance/process_usage.hpp"
#include "tests/integration/http_text.hpp"
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

using namespace conformance;
using namespace integration;

TEST_CASE("the memory of many clients is given back", "[c38][gangwayd]")
{
    const scene scene(each_upstream());
    const auto gangwayd = *scene.gangwayd();
    const auto descriptors = scene.descriptors();
    const auto memory = memory_of(gangwayd);
    {
        std::vector<raw_client> clients;
        for (int number = 0; number < 500; ++number) {
            clients.push_back(scene.connect());
            clients.back().send(request("GET /_ping"));
        }
        for (auto& client : clients) CHECK(receive_response(client).body == "OK");
    }
    CHECK(eventually([&] { return scene.descriptors() <= descriptors + 2; }));
    constexpr std::size_t allowance = 16'000'000;
    if (!sanitized) {
        CHECK(eventually(
            [&] { return memory_of(gangwayd) < memory + allowance; }, std::chrono::seconds(5)
        ));
        CAPTURE(memory, scene.way());
        CHECK(memory_of(gangwayd) < memory + allowance);
    }
}
