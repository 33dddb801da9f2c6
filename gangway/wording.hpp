// How the command words what it was told: durations, and text that others have written. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gangway {

// "0.3 s", "61.2 s", "12 min 5 s": what a person watching wants to know.
std::string stopwatch_text(std::chrono::milliseconds elapsed);

// "5 seconds", "3 minutes", "2 hours", "4 days": in its largest unit, rounded down.
std::string age_text(std::chrono::seconds age);

// "0 MiB", "329 MiB", "1.3 GiB": rounded to nearest.
std::string size_text(std::uint64_t bytes);

// "2026-01-31T09:00:00Z", the one form in which the daemon writes times. Nothing: it is none.
std::optional<std::chrono::sys_seconds> parse_time(const std::string& written);

// `text` with control characters other than line feeds replaced by "?": a client's process name, or
// a guest's last words, must not command the terminal. UTF-8 passes.
std::string printable(std::string_view text);

}  // namespace gangway
