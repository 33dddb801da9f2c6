// Where a service of the machine has its configuration and state. For the files of Windows alone.
#pragma once

#include <filesystem>

// %ProgramData%\gangway, made so that administrators and SYSTEM alone get in: everybody may make
// directories in %ProgramData%, and whoever may write in this one decides what the service does.
// One that somebody else has made is not taken over. Throws std::runtime_error.
std::filesystem::path secure_machine_directory();
