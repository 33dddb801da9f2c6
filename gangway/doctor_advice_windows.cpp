// PowerShell's and Windows' own.
#include "gangway/doctor_advice.hpp"

namespace gangway {

std::string usual_docker_host()
{
    return "npipe:////./pipe/docker_engine";
}

std::string advice_for_this_shell()
{
    return "in this PowerShell: gangway env --shell powershell | Out-String | Invoke-Expression";
}

std::string advice_to_hide(const std::string& files)
{
    return "for each, `icacls FILE /inheritance:r /grant:r %USERNAME%:F`: " + files;
}

std::string command_to_set_clock()
{
    return "w32tm /resync";
}

std::string command_to_show_clock()
{
    return "w32tm /query /status";
}

std::string command_to_show_owner(std::uint16_t port)
{
    return "netstat -ano -p TCP | findstr :" + std::to_string(port);
}

}  // namespace gangway
