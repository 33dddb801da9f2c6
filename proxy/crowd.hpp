// When the memory that many sessions have used is worth giving back: when many have ended and few
// are left.
#pragma once

#include <algorithm>
#include <cstddef>

namespace proxy {

class crowd {
public:
    // One more; `now` with it.
    void came(std::size_t now) { most_ = std::max(most_, now); }

    // One less; `now` without it. True: give back now.
    bool went(std::size_t now)
    {
        ++ended_;
        if (ended_ < many || now > std::max(most_ / 4, few)) return false;
        most_ = now;
        ended_ = 0;
        return true;
    }

    static constexpr std::size_t many = 64;
    static constexpr std::size_t few = 8;

private:
    // Since memory was last given back:
    std::size_t most_ = 0;
    std::size_t ended_ = 0;
};

}  // namespace proxy
