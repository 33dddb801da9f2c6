// How long something took, each time: counted by size, in steps fit for waking a VM and for booting
// one. Pure.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace vmctl {

class duration_histogram {
public:
    // Seconds; each step takes what is not above it, and not in one before.
    static constexpr std::array<double, 15> bounds{
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 90, 120};

    void observe(std::chrono::duration<double> took)
    {
        std::size_t step = 0;
        while (step < bounds.size() && took.count() > bounds.at(step)) ++step;
        ++counts_.at(step);
        sum_ += took.count();
    }

    // A count for each step, and one for what is above all.
    const std::array<std::uint64_t, bounds.size() + 1>& counts() const { return counts_; }

    double sum() const { return sum_; }  // seconds

private:
    std::array<std::uint64_t, bounds.size() + 1> counts_{};
    double sum_ = 0;
};

}  // namespace vmctl
