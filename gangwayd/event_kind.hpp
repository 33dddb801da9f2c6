// What a line of the log is in the event log of Windows. Pure.
#pragma once

#include <spdlog/common.h>

#include <cstdint>

enum class event_kind : std::uint16_t {
    error = 1,        // EVENTLOG_ERROR_TYPE
    warning = 2,      // EVENTLOG_WARNING_TYPE
    information = 4,  // EVENTLOG_INFORMATION_TYPE
};

event_kind kind_of(spdlog::level::level_enum level);

// Its number among the messages of gangwayd.mc, whose severity it carries.
std::uint32_t event_number(event_kind kind);
