// OpenSSH's options, so that they depend on nobody's configuration and ask nothing.
#include "gangway/ssh_command.hpp"

#include "gangway/failure.hpp"
#include "gangway/status_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace gangway {
namespace {

using nlohmann::json;

constexpr std::string_view in_guest = "vm:";

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

// What ssh and scp are called with before their own arguments, but for the port.
struct way_in {
    std::vector<std::string> options;
    std::string destination;  // USER@HOST
    std::uint16_t port = 0;
};

way_in find_way_in(std::string_view status)
{
    const auto object = parse_status(status);
    try {
        const auto& vm = vm_of(object, " to log in to");
        const auto state = vm.at("state").get<std::string>();
        const auto port = vm.contains("ssh") ? vm.at("ssh").at("port").get<std::uint16_t>() : 0;
        if (state != "ready")
            throw failure("the VM is " + state + "; `gangway up` gets it ready, then try again");
        if (port == 0) throw failure("this VM cannot be logged in to: it has no ssh server");
        const auto& ssh = vm.at("ssh");
        return {
            {
                // Nobody's ~/.ssh/config may change what happens here.
                "-F",
                "/dev/null",
                "-i",
                ssh.at("key").get<std::string>(),
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
            },
            ssh.at("user").get<std::string>() + "@127.0.0.1",
            static_cast<std::uint16_t>(port)};
    } catch (const json::exception& error) {
        throw unusable_status(error.what());
    }
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
    const auto way = find_way_in(status);
    std::vector<std::string> command{"ssh", "-p", std::to_string(way.port)};
    command.insert(command.end(), way.options.begin(), way.options.end());
    command.push_back(way.destination);
    command.insert(command.end(), arguments.begin(), arguments.end());
    return {std::move(command), way.port};
}

void check_copy(const std::vector<std::string>& arguments)
{
    const auto in_vm = [](const std::string& each) { return each.starts_with(in_guest); };
    if (std::ranges::any_of(arguments, in_vm)) return;
    throw failure(
        "nothing to copy into the VM or out of it: one of the paths has to begin with vm:, as in "
        "`gangway cp FILE vm:/tmp`",
        exit_status::usage
    );
}

ssh_call scp_command(std::string_view status, const std::vector<std::string>& arguments)
{
    const auto way = find_way_in(status);
    std::vector<std::string> command{"scp", "-P", std::to_string(way.port)};
    command.insert(command.end(), way.options.begin(), way.options.end());
    for (const auto& each : arguments) {
        const bool there = each.starts_with(in_guest);
        command.push_back(there ? way.destination + ":" + each.substr(in_guest.size()) : each);
    }
    return {std::move(command), way.port};
}

}  // namespace gangway
