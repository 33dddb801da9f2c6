// Whether systemd's units are installed. Pure but for looking.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gangway {

// Where systemd looks for units.
struct unit_search {
    bool system_service = false;  // run by root
    std::vector<std::filesystem::path> directories;
};

unit_search read_unit_search();

// Nothing: there is no such unit.
std::optional<std::string> start_command(const unit_search& units);

}  // namespace gangway
