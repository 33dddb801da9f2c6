// Follows a boot through the guest's serial console: which stages are complete, whether the guest
// gave up, and the last lines to show when it did. Pure: bytes in, values out.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

// The stages of the appliance's boot in their order. Its init prints a line when one is complete:
//     gangway-stage NAME SECONDS      seconds since power-on by the guest's clock, "3.27"
//     gangway-fail NAME REASON        the guest cannot go on
// On boot2docker, what the data disk holds prints some of them (boot2docker_guest.hpp). Other
// guests print neither; then there are no stages to follow.
inline constexpr std::array<std::string_view, 7> guest_stages = {
    "kernel", "root", "disk", "shares", "network", "containerd", "engine"};

struct guest_stage {
    std::string name;
    std::chrono::milliseconds guest_time{};
    bool operator==(const guest_stage&) const = default;
};

struct guest_failure {
    std::string stage;
    std::string reason;
    bool operator==(const guest_failure&) const = default;
};

class boot_log {
public:
    // Takes the next bytes of the console, which may end anywhere. Gives the stages they complete.
    std::vector<guest_stage> append(std::string_view bytes);

    bool completed(std::string_view stage) const;

    const std::optional<guest_failure>& failure() const { return failure_; }

    // Whether the guest has reported no stage so far.
    bool silent() const { return stages_.empty(); }

    // The first stage that is not complete, of those from the first one that the guest has
    // reported: boot2docker's reports begin with its disk. Nothing: all are, or it reports none.
    std::optional<std::string> waiting_for() const;

    // What the kernel has said when it gave up.
    const std::optional<std::string>& panic() const { return panic_; }

    // The last lines, oldest first, without terminal escapes and control characters.
    std::vector<std::string> tail() const;

private:
    void take_line(std::string_view line, std::vector<guest_stage>& completed);

    std::string partial_;
    std::vector<guest_stage> stages_;
    std::optional<guest_failure> failure_;
    std::optional<std::string> panic_;
    std::deque<std::string> tail_;
};

// The sentences for a user whose VM did not start in time, or whose guest gave up.
std::string describe_timeout(const boot_log& log, std::chrono::milliseconds limit);
std::string describe_failure(const boot_log& log, const guest_failure& failure);

// "\nThe end of the serial console:\n  …", or nothing when there is no output yet.
std::string describe_tail(const boot_log& log);

}  // namespace vmctl
