// Where VBoxManage is, the program by which VirtualBox is told what to do. One source file a
// platform says where to look.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace config {

// "VBoxManage", or with Windows' ending.
std::string virtualbox_program_name();

// The directories of PATH, and those into which VirtualBox's own installers put it: a daemon that a
// service manager has started may have little in its PATH. Absolute ones only.
std::vector<std::filesystem::path> places_of_virtualbox();

// The first of them that has it. Nothing: it is not installed.
std::optional<std::filesystem::path> find_virtualbox(
    const std::vector<std::filesystem::path>& places = places_of_virtualbox()
);

}  // namespace config
