// Waiting in tests: a real condition is polled until it holds, bounded by a generous limit.
#pragma once

#include <chrono>
#include <thread>

namespace test_support {

// Long enough for the slowest machine and a sanitized build; reached only when a test fails.
inline constexpr std::chrono::seconds patience{30};

// Whether `condition` came true within `limit`.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = patience)
{
    const auto give_up = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= give_up) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace test_support
