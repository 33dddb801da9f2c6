// Systems without proc(5).
#include "gangwayd/process_usage.hpp"

std::optional<process_usage> usage_of_this_process()
{
    return std::nullopt;
}
