// Ends a test visibly that cannot run here. ctest runs each in a process of its own.
#pragma once

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

namespace integration {

inline void skip_if(const std::optional<std::string>& obstacle)
{
    if (!obstacle) return;
    std::cout << "skipped: " << *obstacle << '\n' << std::flush;
    std::_Exit(77);  // ctest reports this exit status as a skipped test
}

}  // namespace integration
