// Says what does it here.
#include "config/problem.hpp"
#include "gangwayd/background_start.hpp"

std::string background_help_group()
{
    return {};
}

int start_in_background(const background_request& request, const config::overrides&, const daemon_program&)
{
    const bool service = request.by == background_request::way::service;
    throw config::config_error({{
        "",
        service ? "--service" : "--login",
        "is for Windows; here the service manager starts gangwayd: with systemd `systemctl --user "
        "enable --now gangwayd.socket` (as root without --user), with launchd `launchctl "
        "bootstrap`; see docs/services.md",
    }});
}
