// What has gone through since the daemon began, as plain numbers: the loop's one thread counts and
// reads them, so that counting is an addition.
#pragma once

#include "proxy/route_table.hpp"

#include <cstdint>
#include <vector>

namespace proxy {

struct answer_count {
    request_name request;
    int status = 0;
    std::uint64_t count = 0;
    bool operator==(const answer_count&) const = default;
};

// The answers that clients were given. A kind of answer takes memory when it is first given.
class answer_counts {
public:
    answer_counts() : by_route_(route_count()) {}

    void add(request_name request, int status);

    // Those that were given at least once.
    std::vector<answer_count> all() const;

private:
    std::vector<std::vector<answer_count>> by_route_;
};

// Bytes are counted when a write of them is complete; of a write that breaks none are.
struct traffic {
    answer_counts answers;
    std::uint64_t known_answers = 0;  // of those, from memory, while the engine slept
    std::uint64_t sessions = 0;       // that have begun
    std::uint64_t to_engine = 0;      // bytes; without TLS
    std::uint64_t to_client = 0;      // the same, our own answers too
};

}  // namespace proxy
