// The user and the machine that the config tests speak of, and what they expect of them.
#pragma once

#include "config/environment.hpp"
#include "config/load.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

// Alice: user 1000, home directory /home/alice, no XDG variable but the runtime directory.
config::environment alice();

// The settings that `text` and `flags` make for Alice; the file's name is "gangway.json".
config::loaded load_for_alice(const std::string& text, const config::overrides& flags = {});

// One line for each problem with `text` and `flags`, none when there are no problems.
std::vector<std::string> problems_for_alice(
    const std::string& text, const config::overrides& flags = {}
);

// Every setting as "path = JSON", by path. Settings that are not set are null.
std::map<std::string, std::string> written(const config::settings& values);

// The whole file; fails the test when it cannot be read.
std::string contents(const std::filesystem::path& file);
