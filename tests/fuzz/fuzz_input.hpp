// What every target shares: how an assertion fails, and how bytes are cut into arbitrary pieces.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

// libFuzzer's entry point; in ordinary builds replay.cpp calls it. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

// Ends the program, which libFuzzer reports as a crash, unless `holds`.
inline void demand(bool holds, const char* sentence)
{
    if (holds) return;
    std::fprintf(stderr, "\ndoes not hold: %s\n", sentence);
    std::abort();
}

// An input taken apart from its front. Past the end there are zeros.
class fuzz_input {
public:
    fuzz_input(const std::uint8_t* data, std::size_t size)
        : left_(reinterpret_cast<const char*>(data), size)
    {
    }

    explicit fuzz_input(std::string_view bytes) : left_(bytes) {}

    bool empty() const { return left_.empty(); }

    std::uint8_t byte()
    {
        if (left_.empty()) return 0;
        const auto first = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return first;
    }

    std::string_view bytes(std::size_t count)
    {
        const auto taken = left_.substr(0, count);
        left_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view rest() { return bytes(left_.size()); }

private:
    std::string_view left_;
};

// Sizes of pieces, the same for the same seed. Every seed divisible by eight gives single bytes,
// the others a mixture of short and long ones.
class piece_sizes {
public:
    explicit piece_sizes(std::uint8_t seed) : single_(seed % 8 == 0), state_(seed * 2654435761U + 1)
    {
    }

    // From 1 to `most`, which is at least 1.
    std::size_t next(std::size_t most)
    {
        if (single_) return 1;
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        const auto limit = std::min<std::size_t>(most, (state_ & 0x300U) != 0 ? 7 : 300);
        return 1 + (state_ >> 10) % limit;
    }

private:
    bool single_;
    std::uint32_t state_;
};

// A copy with nothing behind its last byte, so that AddressSanitizer sees a read past the end.
class exact_copy {
public:
    explicit exact_copy(std::string_view text) : bytes_(text.begin(), text.end())
    {
        bytes_.shrink_to_fit();
    }

    std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

private:
    std::vector<char> bytes_;
};

}  // namespace fuzz
