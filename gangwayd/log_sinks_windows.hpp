// A log for a daemon that nobody has a terminal of. For the files of Windows alone.
#pragma once

#include <filesystem>
#include <string>

// Before there is a log: from then on it goes to `file`, which is rotated by its size, in place of
// standard error. Throws std::exception when the file cannot be written.
void log_to_file(const std::filesystem::path& file);

// Likewise: warnings and errors go to the machine's event log, too, as events of `source`.
void log_to_events(const std::string& source);
