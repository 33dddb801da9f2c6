// What is said on the command line wins over ~/.ssh/config: only what must not be otherwise is
// said.
#include "proxy/ssh_arguments.hpp"

namespace proxy {
namespace {

// No password, passphrase or host key is asked for; nothing is forwarded, since each connection
// would try to; words for failures only; a host that is gone without a word is noticed within two
// minutes, as on TCP (proxy/connector.hpp).
constexpr const char* options[] = {
    "BatchMode=yes",
    "ClearAllForwardings=yes",
    "ConnectTimeout=10",
    "ForwardAgent=no",
    "ForwardX11=no",
    "LogLevel=ERROR",
    "RemoteCommand=none",
    "ServerAliveCountMax=4",
    "ServerAliveInterval=25",
};

std::string docker_of(const config::ssh_endpoint& to)
{
    return to.socket.empty() ? "docker" : "docker --host=unix://" + to.socket.string();
}

}  // namespace

std::vector<std::string> ssh_arguments(const config::ssh_endpoint& to)
{
    std::vector<std::string> words{"ssh", "-T"};
    for (const auto* const option : options) words.insert(words.end(), {"-o", option});
    if (!to.user.empty()) words.insert(words.end(), {"-l", to.user});
    if (to.port != 0) words.insert(words.end(), {"-p", std::to_string(to.port)});
    words.insert(words.end(), {"--", to.host, docker_of(to) + " system dial-stdio"});
    return words;
}

std::string ssh_by_hand(const config::ssh_endpoint& to)
{
    std::string text = "ssh ";
    if (to.port != 0) text += "-p " + std::to_string(to.port) + " ";
    if (!to.user.empty()) text += to.user + "@";
    return text + to.host + " " + docker_of(to) + " version";
}

}  // namespace proxy
