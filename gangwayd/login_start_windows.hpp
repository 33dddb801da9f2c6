// Start when the user logs in. For the files of Windows alone.
#pragma once

#include <string>

// What the user's part of the registry has started at login, under a name of ours; no administrator
// is needed. Throw std::system_error.
void install_login_start(const std::string& name, const std::string& command_line);

// False: there was none.
bool remove_login_start(const std::string& name);
