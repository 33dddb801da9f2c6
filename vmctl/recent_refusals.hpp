// Who was refused a moment ago, and why.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace vmctl {

// A docker client that is refused asks again at once, and again: HEAD /_ping, GET /_ping, then the
// call it is about (moby client/ping.go). Without this each would be another start of the VM, so
// that an error took three times as long as it needs, and `gangway down` during a start was undone
// by the client it had sent away.
class recent_refusals {
public:
    using clock = std::chrono::steady_clock;

    // What a client is told again without another try. Long enough for a client's next requests,
    // too short for somebody who has read the message and starts another program anyway; that one
    // is another process, and not concerned.
    static constexpr std::chrono::seconds remembered_for{1};

    // `pid`: the client's process; 0, for one that is not known, is not remembered.
    void remember(int pid, std::string reason, clock::time_point now);

    std::optional<std::string> reason_for(int pid, clock::time_point now);

private:
    struct refusal {
        int pid = 0;
        std::string reason;
        clock::time_point until;
    };

    void forget_old(clock::time_point now);

    std::deque<refusal> kept_;  // oldest first
};

}  // namespace vmctl
