// Which keys the configuration may hold where, and what to say about one that it may not.
#pragma once

#include <string>
#include <string_view>

namespace config {

// "vm.cpus" from "vm" and "cpus"; an empty section is the top level.
std::string join(std::string_view section, std::string_view name);

// Whether an object of this name groups settings at the top level.
bool is_section(std::string_view name);

// "is not a setting; " and the one that was probably meant, or all that `section` has. The settings
// of one instance have no `instances` among them.
std::string about_unknown(std::string_view section, std::string_view name, bool of_instance);

}  // namespace config
