// OpenSSH's options, so that they depend on nobody's configuration and ask nothing.
#include "gangway/ssh_command.hpp"

#include "gangway/failure.hpp"
#include "gangway/status_text.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace gangway {
namespace {

using nlohmann::json;

// In a value of ssh's options "%" begins a token, and a blank ends a word outside of quotes.
std::string option_value(const std::string& path)
{
    std::string result = "\"";
    for (const char c : path) {
        if (c == '%') result += '%';
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + "\"";
}

}  // namespace

bool is_there(std::string_view status)
{
    const auto object = parse_status(status);
    try {
        if (!object.contains("vm")) return false;
        const auto state = object.at("vm").at("state").get<std::string>();
        return state == "ready" || state == "dozing" || state == "paused" || state == "saved" ||
               state == "waking";
    } catch (const json::exception& error) {
        throw unusable_status(error.what());
    }
}

ssh_call ssh_command(std::string_view status, const std::vector<std::string>& arguments)
{
    const auto object = parse_status(status);
    try {
        if (!object.contains("vm"))
            throw failure(
                "there is no VM to log in to: the daemon serves the engine at " +
                object.at("engine").get<std::string>()
            );
        const auto& vm = object.at("vm");
        const auto state = vm.at("state").get<std::string>();
        const auto port = vm.contains("ssh") ? vm.at("ssh").at("port").get<std::uint16_t>() : 0;
        if (state != "ready")
            throw failure("the VM is " + state + "; `gangway up` gets it ready, then try again");
        if (port == 0) throw failure("this VM cannot be logged in to: it has no ssh server");
        const auto& ssh = vm.at("ssh");
        std::vector<std::string> command{
            "ssh",
            // Nobody's ~/.ssh/config may change what happens here.
            "-F",
            "/dev/null",
            "-i",
            ssh.at("key").get<std::string>(),
            "-p",
            std::to_string(port),
            "-o",
            "UserKnownHostsFile=" + option_value(ssh.at("known_hosts").get<std::string>()),
            "-o",
            "HostKeyAlias=" + ssh.at("host_key_alias").get<std::string>(),
            "-o",
            "StrictHostKeyChecking=yes",
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "LogLevel=ERROR",
            ssh.at("user").get<std::string>() + "@127.0.0.1",
        };
        command.insert(command.end(), arguments.begin(), arguments.end());
        return {std::move(command), static_cast<std::uint16_t>(port)};
    } catch (const json::exception& error) {
        throw unusable_status(error.what());
    }
}

}  // namespace gangway
