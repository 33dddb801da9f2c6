// The table's rows, word by word.
#include "vmctl/user_network.hpp"

#include <charconv>
#include <optional>
#include <sstream>
#include <string>

namespace vmctl {

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

std::optional<transport> parse_kind(std::string_view text)
{
    if (text == "TCP[HOST_FORWARD]") return transport::tcp;
    if (text == "UDP[HOST_FORWARD]") return transport::udp;
    return std::nullopt;
}

std::string name_of(transport protocol)
{
    return protocol == transport::tcp ? "tcp" : "udp";
}

}  // namespace

std::vector<port_forward> parse_user_network(std::string_view text)
{
    std::vector<port_forward> forwards;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string protocol, descriptor, source, source_port, target, target_port;
        if (!(words >> protocol >> descriptor >> source >> source_port >> target >> target_port)) {
            continue;
        }
        const auto kind = parse_kind(protocol);
        const auto host = parse_port(source_port);
        const auto guest = parse_port(target_port);
        if (kind && host && guest) forwards.push_back({*host, {*kind, target, *guest}});
    }
    return forwards;
}

std::string add_forward(const guest_port& to)
{
    return std::string("hostfwd_add ") + user_network_id + " " + name_of(to.protocol) +
           ":127.0.0.1:0-" + to.address + ":" + std::to_string(to.port);
}

std::string remove_forward(transport protocol, std::uint16_t host)
{
    return std::string("hostfwd_remove ") + user_network_id + " " + name_of(protocol) +
           ":127.0.0.1:" + std::to_string(host);
}

}  // namespace vmctl
