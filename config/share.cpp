// Where the guest can have a share.
#include "config/share.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace config {
namespace {

// Directories of the guest's own system. Neither they nor what is above them can be a share; what
// is below those of the second list cannot be one either.
constexpr std::array<std::string_view, 2> kept_above = {"/mnt", "/var/lib"};
constexpr auto kept_whole = std::to_array<std::string_view>(
    {"/bin",
     "/boot",
     "/dev",
     "/etc",
     "/lib",
     "/lib64",
     "/mnt/ram",
     "/mnt/vda",
     "/mnt/vdb",
     "/proc",
     "/run",
     "/sbin",
     "/sys",
     "/usr",
     "/var/lib/boot2docker",
     "/var/lib/containerd",
     "/var/lib/docker",
     "/var/run"}
);

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

std::optional<std::string> obstacle_to_sharing(const std::filesystem::path& path)
{
    const std::string& wanted = path.native();
    const auto covers = [&](std::string_view kept) { return is_within(kept, wanted); };
    const auto lies_in = [&](std::string_view kept) { return is_within(wanted, kept); };
    for (const auto kept : kept_whole)
        if (lies_in(kept)) return "the virtual machine's own system is in " + std::string(kept);
    for (const auto& list :
         {std::span<const std::string_view>(kept_whole),
          std::span<const std::string_view>(kept_above)})
        for (const auto kept : list)
            if (covers(kept)) return "it would hide the virtual machine's own " + std::string(kept);
    return std::nullopt;
}

}  // namespace config
