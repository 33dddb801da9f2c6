// What a configuration file says, setting by setting: for every instance, and for each that it
// names. Knows which names there are and where they may stand, not what values are right.
#pragma once

#include "config/document.hpp"
#include "config/load.hpp"
#include "config/table.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace config {

// A setting that the file gives a value, or something there that is none.
struct statement {
    const row* setting = nullptr;  // null: `wrong` says what is wrong with it
    json value;
    std::string source;  // "/etc/gangway/gangway.json:12"
    std::string place;   // "vm.memory", "instances.work.vm.memory"
    std::string wrong;
};

struct instance_statements {
    std::string name;
    std::vector<statement> statements;
};

struct file_settings {
    std::vector<statement> common;
    std::vector<instance_statements> instances;
    // With the text as a whole.
    std::vector<problem> problems;
};

// Pure; in the file's order.
file_settings read_settings(const file_text& file);

// Where the settings of `instance` stand: "instances.NAME".
std::string place_of(std::string_view instance);

}  // namespace config
