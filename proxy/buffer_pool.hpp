// Large buffers, lent while bytes flow. A connection that waits has none.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace proxy {

// Lives on the loop's thread, and longer than whoever has borrowed.
class buffer_pool {
public:
    // docs/performance.md: less costs more processor time in bulk, more gains nothing.
    static constexpr std::size_t buffer_size = std::size_t{256} * 1024;

    using buffer = std::unique_ptr<char[]>;

    buffer take()
    {
        if (free_.empty()) return std::make_unique_for_overwrite<char[]>(buffer_size);
        auto taken = std::move(free_.back());
        free_.pop_back();
        return taken;
    }

    void give_back(buffer returned)
    {
        if (free_.size() < most_kept) free_.push_back(std::move(returned));
    }

private:
    // What is moved without waiting needs one at a time; only connections whose reader is slow keep
    // theirs for longer.
    static constexpr std::size_t most_kept = 2;

    std::vector<buffer> free_;
};

}  // namespace proxy
