// Which colons are of a path.
#include "proxy/bind_source.hpp"

#include "proxy/msys_paths.hpp"

namespace proxy {
namespace {

using config::path_dialect;
using config::windows_path;

constexpr std::string_view pipe_scheme = "npipe:";
constexpr std::string_view drive = "X:";
constexpr std::string_view device = "\\\\?\\";

bool is_separator(char letter)
{
    return letter == '/' || letter == '\\';
}

bool begins_with_drive(std::string_view text)
{
    using kind = windows_path::kind;
    const auto is = config::read_windows_path(text.substr(0, drive.size())).is;
    return is == kind::drive_relative;
}

// \\?\ and \\.\ with either separator.
bool begins_with_device(std::string_view text)
{
    return text.size() > device.size() && is_separator(text[0]) && is_separator(text[1]) &&
           (text[2] == '?' || text[2] == '.') && is_separator(text[3]);
}

// "v:/data" is a volume of one letter, "v:/data:/target" and "v:data:/target" begin with a path.
bool is_drive_of_path(std::string_view bind)
{
    const auto rest = bind.substr(drive.size());
    return rest.starts_with('\\') || rest.find(":/") != std::string_view::npos;
}

// Before it, no colon ends the source.
std::size_t size_of_prefix(std::string_view bind)
{
    if (config::equal_on_windows(bind.substr(0, pipe_scheme.size()), pipe_scheme))
        return pipe_scheme.size();
    if (begins_with_device(bind)) {
        const auto rest = bind.substr(device.size());
        return device.size() + (begins_with_drive(rest) ? drive.size() : 0);
    }
    return begins_with_drive(bind) && is_drive_of_path(bind) ? drive.size() : 0;
}

}  // namespace

std::optional<std::size_t> bind_source_size(std::string_view bind, path_dialect dialect)
{
    if (dialect == path_dialect::windows && is_list_of_msys(bind)) return bind.size();
    const auto prefix = dialect == path_dialect::windows ? size_of_prefix(bind) : 0;
    const auto colon = bind.find(':', prefix);
    if (colon == std::string_view::npos) return std::nullopt;
    return colon;
}

bool may_be_path(std::string_view source, path_dialect dialect)
{
    if (dialect == path_dialect::posix) return source.starts_with('/');
    return is_list_of_msys(source) || is_beginning_of_list_of_msys(source) ||
           config::read_windows_path(source).is != windows_path::kind::none;
}

}  // namespace proxy
