// The language of QEMU's guest agent (qga/qapi-schema.json), as far as we speak it. Pure.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

// Which an agent answers that does nothing else any more.
inline constexpr const char* guest_ping = R"({"execute":"guest-ping"})";

// guest-set-time to this time.
std::string guest_set_time(std::chrono::nanoseconds since_epoch);

// guest-exec of `command`, whose output is kept.
std::string guest_exec(const std::vector<std::string>& command);

// The process id in its answer; nothing: it is no such answer.
std::optional<std::int64_t> started_in_guest(std::string_view answer);

std::string guest_exec_status(std::int64_t process_id);

// What its answer says of a program that has ended, 128 and the signal's number for one that was
// killed; nothing: it has not ended.
std::optional<guest_result> ended_in_guest(std::string_view answer);

}  // namespace vmctl
