// Where the guest can have a share.
#include "config/share.hpp"

#include "config/windows_path.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

// What the guest's own system needs where it is. What is above one of these cannot be hidden
// either; below those of the first list nothing can be mounted.
constexpr auto kept_whole = std::to_array<std::string_view>(
    {"/bin",
     "/etc",
     "/lib",
     "/lib64",
     "/mnt/ram",
     "/mnt/vda",
     "/mnt/vdb",
     "/sbin",
     "/usr",
     "/var/lib/boot2docker"}
);
constexpr auto kept_above = std::to_array<std::string_view>({"/mnt", "/var/lib"});

// Who mounts these means the machine on which the engine runs.
constexpr auto engines = std::to_array<std::string_view>(
    {"/boot",
     "/dev",
     "/lib/modules",
     "/proc",
     "/run",
     "/sys",
     "/usr/lib/modules",
     "/var/lib/containerd",
     "/var/lib/docker",
     "/var/log",
     "/var/run"}
);

// Of the guest's, and made at each boot.
constexpr std::string_view elsewhere = "/run/gangway/host";

bool covers_one_of(std::string_view path, const auto& directories)
{
    return std::ranges::any_of(directories, [&](auto kept) { return is_within(kept, path); });
}

}  // namespace

std::filesystem::path normal(const std::filesystem::path& path)
{
    auto text = path.lexically_normal().string();
    if (text.starts_with("//")) text.erase(0, 1);  // POSIX lets two slashes stand
    if (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text;
}

std::string to_string(const share& one)
{
    return one.path.string() + (one.writable ? "" : ":ro");
}

bool is_within(std::string_view path, std::string_view top)
{
    if (top == "/") return path.starts_with('/');
    return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

std::optional<std::string_view> engines_directory(std::string_view path)
{
    for (const auto directory : engines)
        if (is_within(path, directory)) return directory;
    return std::nullopt;
}

std::optional<std::string> obstacle_to_sharing(const std::filesystem::path& path)
{
    const auto directory = engines_directory(path.string());
    if (!directory) return std::nullopt;
    return "who mounts " + std::string(*directory) + " means the virtual machine's own";
}

bool can_be_at_its_place(const std::filesystem::path& path)
{
    return !obstacle_to_sharing(path) && placed_in_guest({path}).elsewhere.empty();
}

share placed_in_guest(share one)
{
    const auto path = one.path.string();
    if (is_on_drive(path)) {
        one.elsewhere = guest_form(path);
        return one;
    }
    const auto lies_in = [&](std::string_view kept) { return is_within(path, kept); };
    const bool moves = std::ranges::any_of(kept_whole, lies_in) ||
                       covers_one_of(path, kept_whole) || covers_one_of(path, kept_above) ||
                       covers_one_of(path, engines);
    if (moves) one.elsewhere = std::string(elsewhere) + (path == "/" ? "" : path);
    return one;
}

}  // namespace config
