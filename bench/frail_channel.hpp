// A connection that does to the other side what a request tells it to.
#pragma once

#include "bench/engine_channel.hpp"
#include "bench/sockets.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace bench {

// Whoever is told to break off does.
struct broken_off : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The number behind `name` in the query; `otherwise` when it is not there.
inline std::size_t number(std::string_view target, std::string_view name, std::size_t otherwise)
{
    const auto at = target.find(name);
    if (at == std::string_view::npos) return otherwise;
    return std::strtoull(target.data() + at + name.size(), nullptr, 10);
}

// A channel that may be slow, and may have only so many bytes to live.
class frail_channel {
public:
    explicit frail_channel(std::unique_ptr<channel> inner) : inner_(std::move(inner)) {}

    void obey(std::string_view target)
    {
        left_ = number(target, "die=", std::numeric_limits<std::size_t>::max());
        resets_ = target.find("how=reset") != std::string_view::npos;
        slow_ = target.find("slow=1") != std::string_view::npos;
    }

    std::size_t read(char* into, std::size_t size)
    {
        const auto count = inner_->read(into, allowed(size));
        left_ -= count;
        return count;
    }

    void write(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto now = allowed(bytes.size());
            inner_->write(bytes.substr(0, now));
            left_ -= now;
            bytes.remove_prefix(now);
        }
    }

    void finish() { inner_->finish(); }

private:
    std::size_t allowed(std::size_t size) const
    {
        if (left_ == 0) {
            if (resets_) reset_when_closed(inner_->descriptor());
            throw broken_off("as it was told");
        }
        if (!slow_) return std::min(size, left_);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return std::min({size, left_, std::size_t{1500}});
    }

    std::unique_ptr<channel> inner_;
    std::size_t left_ = std::numeric_limits<std::size_t>::max();
    bool resets_ = false;
    bool slow_ = false;
};

}  // namespace bench
