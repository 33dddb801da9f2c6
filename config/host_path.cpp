// What is absolute, and what can be shared, in either dialect.
#include "config/host_path.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace config {
namespace {

using kind = windows_path::kind;

constexpr std::string_view home_prefix = "~/";
constexpr std::string_view home_prefix_on_windows = "~\\";

}  // namespace

std::optional<std::filesystem::path> absolute_path(std::string_view text, path_dialect dialect)
{
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    if (dialect == path_dialect::posix) {
        if (!text.starts_with('/')) return std::nullopt;
        return std::filesystem::path(text);
    }
    auto path = read_windows_path(text);
    if (path.is != kind::on_drive && path.is != kind::on_server) return std::nullopt;
    return std::filesystem::path(std::move(path.text));
}

std::string absolute_path_in_words(path_dialect dialect)
{
    return std::string("an absolute path") +
           (dialect == path_dialect::windows ? " such as C:\\Users\\me" : "") +
           ", or one that begins with \"~/\"";
}

std::optional<std::string> with_home(
    std::string_view path, const environment& where, complaints& wrong, const std::string& element
)
{
    const bool windows = where.paths == path_dialect::windows;
    if (!path.starts_with(home_prefix) && !(windows && path.starts_with(home_prefix_on_windows)))
        return std::string(path);
    if (absolute_path(where.home.string(), where.paths))
        return (where.home / path.substr(home_prefix.size())).string();
    wrong.push_back(
        {element,
         std::string("begins with \"~/\", but there is no home directory: set ") +
             (windows ? "USERPROFILE" : "HOME")}
    );
    return std::nullopt;
}

std::optional<std::filesystem::path> shared_path(
    const json& value,
    std::string_view text,
    const environment& where,
    complaints& wrong,
    const std::string& element
)
{
    const auto expanded = with_home(text, where, wrong, element);
    if (!expanded) return std::nullopt;
    auto path = absolute_path(*expanded, where.paths);
    const auto is_control = [](unsigned char letter) { return letter < ' ' || letter == 0x7F; };
    if (!path || std::ranges::any_of(*expanded, is_control)) {
        reject(
            wrong, value, absolute_path_in_words(where.paths) + ", perhaps with \":ro\"", element
        );
        return std::nullopt;
    }
    std::optional<std::string> obstacle;
    if (where.paths == path_dialect::posix) {
        path = normal(*path);
        obstacle = obstacle_to_sharing(*path);
    } else if (!is_on_drive(path->string())) {
        obstacle = "it is a directory of another machine; share one of this machine's drives";
    }
    if (!obstacle) return path;
    wrong.push_back({element, "cannot be shared: " + *obstacle});
    return std::nullopt;
}

}  // namespace config
