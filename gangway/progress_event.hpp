// One line of the daemon's progress (docs/control-api.md). Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gangway {

// A stage is complete.
struct stage_complete {
    std::string stage;
    std::chrono::milliseconds elapsed{0};
    // By the guest's own clock, since power-on.
    std::optional<std::chrono::milliseconds> guest = std::nullopt;
    bool operator==(const stage_complete&) const = default;
};

// A stage is under way.
struct stage_under_way {
    std::string stage;
    std::chrono::milliseconds elapsed{0};
    std::uint64_t bytes = 0;
    std::uint64_t of = 0;  // 0: not known
    bool operator==(const stage_under_way&) const = default;
};

// When the stages that come now were complete the last time.
struct stages_expected {
    std::vector<stage_complete> stages;
    bool operator==(const stages_expected&) const = default;
};

// The work is done, and `state` is the VM's now.
struct work_done {
    std::string state;
    std::chrono::milliseconds elapsed{0};
    bool operator==(const work_done&) const = default;
};

// The work has failed; `sentence` says why and what to do.
struct work_failed {
    std::string sentence;
    bool operator==(const work_failed&) const = default;
};

using progress_event =
    std::variant<stage_complete, stage_under_way, stages_expected, work_done, work_failed>;

// Throws failure when `line` is none.
progress_event parse_progress(std::string_view line);

}  // namespace gangway
