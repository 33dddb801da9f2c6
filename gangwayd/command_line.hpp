// The arguments of gangwayd.
#pragma once

#include "config/load.hpp"
#include "gangwayd/background_start.hpp"

#include <optional>
#include <string>
#include <variant>

struct arguments {
    config::overrides overrides;
    bool print_config = false;
    std::optional<background_request> background;
};

// Nothing to run: print `text` and end with `status`.
struct early_exit {
    std::string text;
    int status = 0;
};

std::variant<arguments, early_exit> parse_command_line(int count, const char* const* values);
