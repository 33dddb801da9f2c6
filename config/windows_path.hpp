// Paths as programs for Windows write them, and the one form that each has in the guest. By their
// text alone, and the same on every platform. docs/windows-paths.md has the table.
#pragma once

#include <string>
#include <string_view>

namespace config {

// How paths of the host are written. Chosen where the program is put together.
enum class path_dialect { posix, windows };

struct windows_path {
    enum class kind {
        none,            // no path, or a relative one: cache, ./x, x\y
        on_drive,        // C:\x, C:/x, /c/x, //c/x, \\?\C:\x
        drive_relative,  // C:x, C:
        rooted,          // \x, on whatever drive is the current one
        on_server,       // \\server\share\x, //server/share/x, \\?\UNC\server\share\x
        pipe,            // \\.\pipe\x, //./pipe/x, npipe:////./pipe/x
        device,          // what else is below \\.\ and \\?\ .
        unix_path,       // /proc, /home/me, //proc: no path of Windows
    };

    kind is = kind::none;
    // on_drive: C:\Users\me, with the drive in capitals, without ".", ".." and a separator at the
    // end; C:\ for the whole drive. pipe: its name. unix_path: /var/run, likewise. Else as written.
    std::string text;
};

// Two slashes before a name that engines_directory() knows are what is written in Git Bash so that
// it leaves a path alone: a unix_path.
windows_path read_windows_path(std::string_view text);

// Whether `path` is the text of a windows_path on_drive.
bool is_on_drive(std::string_view path);

// C:\Users\me -> /c/Users/me. `path` is the text of one on_drive.
std::string guest_form(std::string_view path);

// `told` begins with `there` and may go on behind a path ("/c/Users/me/x:/target:ro"); the same
// with `here` in the place of `there`, and the path written as Windows does.
std::string host_form(std::string_view told, std::string_view there, std::string_view here);

// Whether the letters are the same but for case; of ASCII alone, and of other letters as the file
// system has them.
bool equal_on_windows(std::string_view left, std::string_view right);

// Whether `path` is `top` or lies below it. Both are the text of one on_drive.
bool is_within_on_windows(std::string_view path, std::string_view top);

}  // namespace config
