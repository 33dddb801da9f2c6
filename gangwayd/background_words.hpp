// How a daemon that the machine starts by itself is called and named. Pure.
#pragma once

#include "config/load.hpp"
#include "gangwayd/background_start.hpp"

#include <filesystem>
#include <string>
#include <vector>

// The command line's words: the program, how it is started, and the options of now. Paths that
// depend on the directory of now are made absolute, as the machine starts programs elsewhere.
std::vector<std::string> background_words(
    const std::filesystem::path& program,
    background_request::way way,
    const config::overrides& flags,
    const std::filesystem::path& here
);

// One an instance: "gangwayd", "gangwayd-work".
std::string background_name(const config::overrides& flags);
