// From a prefix to the kind of a path, and from there to one spelling.
#include "config/windows_path.hpp"

#include "config/share.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace config {
namespace {

using kind = windows_path::kind;

constexpr std::string_view separators = "/\\";
constexpr std::string_view pipe_scheme = "npipe://";

bool is_separator(char letter)
{
    return letter == '/' || letter == '\\';
}

char capital(char letter)
{
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

char small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool is_letter(char letter)
{
    return capital(letter) >= 'A' && capital(letter) <= 'Z';
}

// "C:" and what follows it.
bool begins_with_drive(std::string_view text)
{
    return text.size() >= 2 && is_letter(text[0]) && text[1] == ':';
}

// "/c" and then a separator or nothing.
bool begins_with_slash_drive(std::string_view text)
{
    return text.size() >= 2 && text[0] == '/' && is_letter(text[1]) &&
           (text.size() == 2 || is_separator(text[2]));
}

// Without ".", ".." and doubled separators; each after `separator`.
std::string joined(std::string_view path, std::string_view among, char separator)
{
    std::vector<std::string_view> names;
    while (!path.empty()) {
        const auto name = path.substr(0, path.find_first_of(among));
        path.remove_prefix(std::min(path.size(), name.size() + 1));
        if (name == ".." && !names.empty()) names.pop_back();
        if (!name.empty() && name != "." && name != "..") names.push_back(name);
    }
    std::string text;
    for (const auto name : names) text.append(1, separator).append(name);
    return text.empty() ? std::string(1, separator) : text;
}

windows_path on_drive(char drive, std::string_view rest)
{
    return {kind::on_drive, std::string{capital(drive), ':'} + joined(rest, separators, '\\')};
}

windows_path after_drive(std::string_view text, std::string_view written)
{
    if (text.size() > 2 && is_separator(text[2])) return on_drive(text[0], text.substr(3));
    return {kind::drive_relative, std::string(written)};
}

// Behind \\.\ or \\?\ .
windows_path read_device(std::string_view rest, std::string_view written)
{
    if (begins_with_drive(rest)) return on_drive(rest[0], rest.substr(2));
    const auto first = rest.substr(0, rest.find_first_of(separators));
    if (equal_on_windows(first, "pipe") && rest.size() > first.size() + 1)
        return {kind::pipe, std::string(rest.substr(first.size() + 1))};
    if (equal_on_windows(first, "UNC")) return {kind::on_server, std::string(written)};
    return {kind::device, std::string(written)};
}

windows_path read_after_two_separators(std::string_view text)
{
    if (text.size() > 3 && (text[2] == '.' || text[2] == '?') && is_separator(text[3]))
        return read_device(text.substr(4), text);
    if (text.starts_with("//")) {
        if (begins_with_slash_drive(text.substr(1))) return on_drive(text[2], text.substr(3));
        auto path = joined(text, "/", '/');
        const auto names = std::ranges::count(path, '/');
        if (names == 1 || engines_directory(path)) return {kind::unix_path, std::move(path)};
    }
    return {kind::on_server, std::string(text)};
}

}  // namespace

windows_path read_windows_path(std::string_view text)
{
    if (text.size() > pipe_scheme.size() &&
        equal_on_windows(text.substr(0, pipe_scheme.size()), pipe_scheme)) {
        auto pipe = read_windows_path(text.substr(pipe_scheme.size()));
        if (pipe.is == kind::pipe) return pipe;
    }
    if (begins_with_drive(text)) return after_drive(text, text);
    if (text.size() > 1 && is_separator(text[0]) && is_separator(text[1]))
        return read_after_two_separators(text);
    if (text.starts_with('/')) {
        auto path = joined(text, "/", '/');
        if (begins_with_slash_drive(path)) return on_drive(path[1], path.substr(2));
        return {kind::unix_path, std::move(path)};
    }
    if (text.starts_with('\\')) return {kind::rooted, std::string(text)};
    return {kind::none, std::string(text)};
}

bool is_on_drive(std::string_view path)
{
    return begins_with_drive(path) && path.size() > 2 && path[2] == '\\';
}

std::string guest_form(std::string_view path)
{
    std::string form = {'/', small(path[0])};
    if (path.size() > 3) form += path.substr(2);
    std::ranges::replace(form, '\\', '/');
    return form;
}

std::string host_form(std::string_view told, std::string_view there, std::string_view here)
{
    auto rest = told.substr(there.size());
    const auto behind = rest.substr(std::min(rest.size(), rest.find(':')));
    rest.remove_suffix(behind.size());
    // A whole drive ends with the separator.
    if (here.ends_with('\\') && rest.starts_with('/')) rest.remove_prefix(1);
    std::string path(rest);
    std::ranges::replace(path, '/', '\\');
    return std::string(here) + path + std::string(behind);
}

bool equal_on_windows(std::string_view left, std::string_view right)
{
    return std::ranges::equal(left, right, {}, capital, capital);
}

bool is_within_on_windows(std::string_view path, std::string_view top)
{
    if (path.size() < top.size() || !equal_on_windows(path.substr(0, top.size()), top))
        return false;
    return path.size() == top.size() || top.ends_with('\\') || path[top.size()] == '\\';
}

}  // namespace config
