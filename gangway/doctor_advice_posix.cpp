// For Debian, where it matters.
#include "gangway/doctor_advice.hpp"

namespace gangway {

std::string usual_docker_host()
{
    return "unix:///var/run/docker.sock";
}

std::string advice_for_this_shell()
{
    return "in this shell eval \"$(gangway env)\"";
}

std::string advice_to_hide(const std::string& files)
{
    return "chmod 600 " + files;
}

std::string command_to_set_clock()
{
    return "timedatectl set-ntp true";
}

std::string command_to_show_clock()
{
    return "timedatectl";
}

std::string command_to_show_owner(std::uint16_t port)
{
    return "ss -ltnp 'sport = :" + std::to_string(port) + "'";
}

}  // namespace gangway
