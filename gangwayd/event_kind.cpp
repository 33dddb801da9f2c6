// By the level.
#include "gangwayd/event_kind.hpp"

event_kind kind_of(spdlog::level::level_enum level)
{
    if (level >= spdlog::level::err) return event_kind::error;
    return level == spdlog::level::warn ? event_kind::warning : event_kind::information;
}

std::uint32_t event_number(event_kind kind)
{
    switch (kind) {
        case event_kind::error:
            return 0xC0000003;
        case event_kind::warning:
            return 0x80000002;
        case event_kind::information:
            return 0x40000001;
    }
    return 0;
}
