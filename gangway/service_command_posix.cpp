// systemd's units; where there are none, the daemon is run by hand.
#include "config/environment.hpp"
#include "gangway/service_command.hpp"
#include "gangway/service_units.hpp"

#include <algorithm>
#include <system_error>

namespace gangway {
namespace {

namespace fs = std::filesystem;

bool has_unit(const unit_search& units)
{
    return std::ranges::any_of(units.directories, [](const fs::path& directory) {
        std::error_code ignored;  // what cannot be looked at is not installed for us
        return fs::exists(directory / "gangwayd.socket", ignored);
    });
}

}  // namespace

unit_search read_unit_search()
{
    const auto where = config::read_environment();
    unit_search result{where.system_service, {}};
    const std::string kind = where.system_service ? "systemd/system" : "systemd/user";
    if (!where.system_service) {
        const auto base = [&](const fs::path& xdg, const char* fallback) {
            return xdg.is_absolute() ? xdg : where.home / fallback;
        };
        result.directories = {
            base(where.xdg_config_home, ".config") / kind,
            base(where.xdg_data_home, ".local/share") / kind,
        };
    }
    for (const auto* const prefix : {"/etc", "/usr/local/lib", "/usr/lib", "/lib"})
        result.directories.push_back(fs::path(prefix) / kind);
    return result;
}

std::optional<std::string> start_command(const unit_search& units)
{
    if (!has_unit(units)) return std::nullopt;
    return units.system_service ? "systemctl start gangwayd.socket"
                                : "systemctl --user start gangwayd.socket";
}

std::optional<std::string> service_start_command()
{
    return start_command(read_unit_search());
}

std::string service_log_place()
{
    return "`journalctl --user -u gangwayd`, as root without --user";
}

}  // namespace gangway
