// Where such shells are installed: Git for Windows by its setup for all users and for one, by scoop
// and as its own SDK; MSYS2 and Cygwin.
#include "proxy/msys_paths.hpp"

#include "config/windows_path.hpp"

#include <algorithm>
#include <array>

namespace proxy {
namespace {

// At the top of a drive.
constexpr auto tops = std::to_array<std::string_view>(
    {"\\Program Files\\Git",
     "\\Program Files (x86)\\Git",
     "\\Git",
     "\\git-sdk-64",
     "\\msys64",
     "\\msys32",
     "\\tools\\msys64",
     "\\cygwin64",
     "\\cygwin"}
);
// Of a user, or of whoever installed it elsewhere.
constexpr auto anywhere = std::to_array<std::string_view>(
    {"\\AppData\\Local\\Programs\\Git", "\\scoop\\apps\\git\\current"}
);

constexpr std::size_t drive = 2;

bool begins_with(std::string_view text, std::string_view directory)
{
    return config::is_within_on_windows(text, directory);
}

std::optional<std::size_t> size_of_top(std::string_view path)
{
    const auto below = path.substr(drive);
    for (const auto top : tops)
        if (begins_with(below, top)) return drive + top.size();
    for (auto at = path.find('\\'); at != std::string_view::npos; at = path.find('\\', at + 1))
        for (const auto top : anywhere)
            if (begins_with(path.substr(at), top)) return at + top.size();
    return std::nullopt;
}

}  // namespace

bool is_list_of_msys(std::string_view text)
{
    for (auto at = text.find(';'); at != std::string_view::npos; at = text.find(';', at + 1)) {
        const auto rest = text.substr(at + 1);
        if (config::is_on_drive(rest)) return true;
        // "C:\\a;b:/target" may be a directory of that name.
        const auto next = config::read_windows_path(rest);
        const bool is_path = rest.find(':') == 1 && config::is_on_drive(next.text);
        if (is_path && read_msys_path(next.text)) return true;
    }
    return false;
}

bool is_beginning_of_list_of_msys(std::string_view source)
{
    return source.size() > 2 && source[source.size() - 2] == ';' &&
           config::is_on_drive(std::string{source.back(), ':', '\\'});
}

std::optional<msys_path> read_msys_path(std::string_view path)
{
    const auto top = size_of_top(path);
    if (!top) return std::nullopt;
    std::string meant(path.substr(*top));
    std::ranges::replace(meant, '\\', '/');
    return msys_path{*top, meant.empty() ? "/" : meant};
}

}  // namespace proxy
