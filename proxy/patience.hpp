// How long a loop looks for more before it sleeps. In a dialogue of short messages the next one
// comes sooner than a sleeping thread would be woken, which takes 5 to 30 µs, in a virtual machine
// longer.
#pragma once

#include <algorithm>
#include <chrono>

namespace proxy {

class patience {
public:
    using duration = std::chrono::steady_clock::duration;

    // Zero: sleep at once.
    duration length() const { return length_; }

    // Something came after so long a sleep. After a short one it was not worth it.
    void slept(duration slept)
    {
        if (slept < most) length_ = std::clamp<duration>(2 * length_, least, most);
    }

    // So many came at once. Several: those who send them need the processors, and one of them will
    // have sent again when the last has been served.
    void came(int count)
    {
        if (count > most_in_dialogue) length_ = duration::zero();
    }

    // Nothing came while it looked.
    void in_vain() { length_ = length_ > least ? length_ / 2 : duration::zero(); }

    static constexpr int most_in_dialogue = 2;
    static constexpr auto least = std::chrono::microseconds(8);
    static constexpr auto most = std::chrono::microseconds(64);

private:
    duration length_{};
};

}  // namespace proxy
