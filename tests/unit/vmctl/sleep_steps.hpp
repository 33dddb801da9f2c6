// What the tests of a VM's sleep have in common.
#pragma once

#include "tests/unit/vmctl/supervised_vm.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace vmctl_test {

namespace asio = boost::asio;
using namespace vmctl;
using namespace std::chrono_literals;
using test_support::fake_hypervisor;
using test_support::until;

inline hypervisor_error refusal(const std::string& said)
{
    return describe(hypervisor_problem::refused, "do that", said);
}

inline asio::awaitable<void> goes_to_sleep(supervised_vm& test, sleep_depth depth)
{
    co_await test.vm.up(someone());
    test.vm.containers_run(0);
    co_await test.vm.sleep(someone(), depth);
}

inline asio::awaitable<void> is_served(supervised_vm& test)
{
    auto& who = test.arrives();
    co_await until([&who] { return who.answered; });
    CHECK(who.failure.empty());
    CHECK(test.vm.status().state == vm_state::ready);
    who.held = lease();
}

inline std::vector<std::string> told(const supervised_vm& test)
{
    std::vector<std::string> all;
    for (const auto& each : test.vm.status().history) all.push_back(each.what);
    return all;
}

inline std::size_t place(const std::vector<std::string>& calls, const std::string& call)
{
    const auto found = std::find(calls.begin(), calls.end(), call);
    return static_cast<std::size_t>(found - calls.begin());
}

}  // namespace vmctl_test
