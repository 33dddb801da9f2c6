// What the supervisor tells of the VM: for `gangway status`, `gangway up` and the log.
#pragma once

#include "vmctl/engine.hpp"
#include "vmctl/lifecycle.hpp"
#include "vmctl/sleep_policy.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vmctl {

// How far a stage is, in bytes.
struct work_amount {
    std::uint64_t done = 0;
    std::uint64_t whole = 0;  // 0: not known
    bool operator==(const work_amount&) const = default;
};

// A stage of a start that is complete. In this order: "image", "files", "define", "power-on" on the
// host; "kernel", "root", "disk", "shares", "network", "containerd", "engine" in a guest that
// reports them; "ready". A VM that was found running has "adopt" in place of those on the host. An
// image that is taken in has "download", "unpack" and "verify", also while they are not complete.
struct stage_event {
    std::string name;
    std::chrono::milliseconds elapsed{};  // since the start began, by the host's clock
    std::optional<std::chrono::milliseconds> guest_time;  // since power-on, by the guest's clock
    std::optional<work_amount> so_far = std::nullopt;     // set: it is not complete yet
    bool of_intake = false;                               // of an image, not of a start
    bool operator==(const stage_event&) const = default;
};

// Something worth knowing of the VM's life.
struct vm_note {
    std::chrono::system_clock::time_point when;
    std::string what;  // "paused", "saved", "woken", "started", "stopped", "not put to sleep"
    std::string why;   // who asked for it, or what stood against it
    std::chrono::milliseconds took{};
};

struct vm_status {
    vm_state state = vm_state::absent;
    std::chrono::system_clock::time_point since;  // when the state was entered
    std::string started_for;  // who wanted the last start; empty: there was none
    std::string stopped_by;   // why the VM stopped last; empty: it has not stopped
    std::string failure;      // why the last start failed; empty: it did not
    // Set while the VM is ready.
    std::uint16_t engine_port = 0;
    std::uint16_t ssh_port = 0;
    int process_id = 0;  // QEMU's; 0: unknown
    std::vector<config::share> shares;
    std::vector<std::string> restart_for;  // settings that have changed since it was booted
    vm_use use;
    std::vector<std::string> awake_because;  // empty: nothing stands against sleeping
    std::vector<vm_note> history;            // the newest last
    std::vector<stage_event> timeline;       // of the last start
};

// "docker (pid 4711, uid 1000): GET /v1.41/info".
std::string to_string(const requester& who);

}  // namespace vmctl
