// Reads the parts of the answer that matter.
#include "proxy/container_ports.hpp"

#include <boost/asio/ip/address.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace proxy {
namespace {

namespace ip = boost::asio::ip;
using nlohmann::json;

constexpr std::string_view all_ipv4 = "0.0.0.0";
constexpr std::string_view all_ipv6 = "::";

// Nothing for a range, for nothing, and for 0: the engine's choice.
std::optional<std::uint16_t> port_number(std::string_view text)
{
    std::uint16_t port = 0;
    const auto* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, port);
    if (error != std::errc() || end != last || port == 0) return std::nullopt;
    return port;
}

// "80" is "80/tcp" (go-connections nat.SplitProtoPort).
std::optional<vmctl::transport> protocol_of(std::string_view container_port)
{
    const bool named = container_port.find('/') != std::string_view::npos;
    if (!named || container_port.ends_with("/tcp")) return vmctl::transport::tcp;
    if (container_port.ends_with("/udp")) return vmctl::transport::udp;
    return std::nullopt;
}

// The text of a member, empty when it has none.
std::string text(const json& object, const char* name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// Calls `take` with each binding of {"80/tcp": [{"HostIp", "HostPort"}, …], …}.
template <class Take>
void each_binding(const json& map, Take take)
{
    if (!map.is_object()) return;
    for (const auto& [container_port, bindings] : map.items()) {
        if (!bindings.is_array()) continue;
        for (const auto& binding : bindings)
            if (binding.is_object()) take(container_port, binding);
    }
}

// The host's address of a binding as the engine will tell it; empty for all.
std::string address_of(const json& binding)
{
    auto asked = text(binding, "HostIp");
    boost::system::error_code malformed;
    const auto address = ip::make_address(asked, malformed);
    return malformed ? asked : address.to_string();
}

// Of a number that is published on all IPv6 addresses: the way to it is that of all IPv4 addresses.
bool lacks_a_way(const json& binding, const json& bindings)
{
    if (!binding.is_object() || address_of(binding) != all_ipv6) return false;
    const auto port = port_number(text(binding, "HostPort"));
    return !port || std::none_of(bindings.begin(), bindings.end(), [&port](const json& other) {
        if (!other.is_object() || port_number(text(other, "HostPort")) != port) return false;
        const auto address = address_of(other);
        return address.empty() || address == all_ipv4;
    });
}

std::string obstacle_to(const std::string& container_port, const json& bindings)
{
    if (!protocol_of(container_port))
        return "port " + container_port +
               " cannot be published: the VM's network has TCP and UDP "
               "only";
    const auto dead = [&bindings](const json& binding) { return lacks_a_way(binding, bindings); };
    if (std::any_of(bindings.begin(), bindings.end(), dead))
        return "port " + container_port +
               " cannot be published on all IPv6 addresses and no other; publish it without an "
               "address, which includes them, or on one of them";
    return {};
}

void read_obstacle(const json& map, container_ports& into)
{
    if (!map.is_object()) return;
    for (const auto& [container_port, bindings] : map.items())
        if (into.obstacle.empty() && bindings.is_array() && !bindings.empty())
            into.obstacle = obstacle_to(container_port, bindings);
}

void read_wanted(const json& bindings, container_ports& into)
{
    each_binding(bindings, [&into](const std::string& container_port, const json& binding) {
        const auto address = address_of(binding);
        const auto protocol = protocol_of(container_port);
        const auto port = port_number(text(binding, "HostPort"));
        if (!protocol || !port) return;
        if (!address.empty()) {
            into.wanted.push_back({*protocol, address, *port});
            return;
        }
        for (const auto all : {all_ipv4, all_ipv6})
            into.wanted.push_back({*protocol, std::string(all), *port});
    });
}

void read_open(const json& bindings, container_ports& into)
{
    each_binding(bindings, [&into](const std::string& container_port, const json& binding) {
        const auto protocol = protocol_of(container_port);
        const auto port = port_number(text(binding, "HostPort"));
        const auto address = text(binding, "HostIp");
        if (protocol && port && !address.empty()) into.open.push_back({*protocol, address, *port});
    });
}

void read_routed(const json& port, std::vector<published_port>& into)
{
    if (!port.is_object() || text(port, "PublishMode") != "ingress") return;
    const auto protocol = protocol_of("/" + text(port, "Protocol"));
    const auto found = port.find("PublishedPort");
    if (!protocol || found == port.end() || !found->is_number_unsigned()) return;
    const auto number = found->get<std::uint64_t>();
    if (number == 0 || number > std::numeric_limits<std::uint16_t>::max()) return;
    for (const auto all : {all_ipv4, all_ipv6})
        into.push_back({*protocol, std::string(all), static_cast<std::uint16_t>(number)});
}

void tidy(std::vector<published_port>& ports)
{
    std::ranges::sort(ports);
    ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
}

}  // namespace

std::string to_string(const published_port& port)
{
    const bool v6 = port.address.find(':') != std::string::npos;
    std::string text = port.protocol == vmctl::transport::tcp ? "tcp" : "udp";
    text += v6 ? "6 [" + port.address + "]" : "4 " + port.address;
    return text + ":" + std::to_string(port.port);
}

std::optional<container_ports> parse_container(std::string_view inspected)
{
    const auto container = json::parse(inspected, nullptr, false);
    if (!container.is_object()) return std::nullopt;
    container_ports result;
    result.id = text(container, "Id");
    if (result.id.empty()) return std::nullopt;
    result.name = text(container, "Name");
    if (result.name.starts_with('/')) result.name.erase(0, 1);
    const json nothing;
    const auto member = [&nothing](const json& object, const char* name) -> const json& {
        const auto found = object.find(name);
        return found != object.end() && found->is_object() ? *found : nothing;
    };
    const auto& state = member(container, "State");
    const auto running = state.find("Running");
    result.running = running != state.end() && *running == true;
    const auto& host_config = member(container, "HostConfig");
    const auto mode = host_config.is_object() ? text(host_config, "NetworkMode") : "";
    result.on_host_network = mode == "host";
    result.auto_remove = host_config.is_object() && host_config.value("AutoRemove", json()) == true;
    const bool own_network = mode != "host" && mode != "none" && !mode.starts_with("container:");
    if (host_config.is_object() && own_network) {
        const auto& bindings = member(host_config, "PortBindings");
        read_obstacle(bindings, result);
        read_wanted(bindings, result);
    }
    const auto& network = member(container, "NetworkSettings");
    if (network.is_object()) read_open(member(network, "Ports"), result);
    tidy(result.wanted);
    tidy(result.open);
    return result;
}

std::vector<published_port> parse_services(std::string_view list)
{
    std::vector<published_port> ports;
    const auto services = json::parse(list, nullptr, false);
    if (!services.is_array()) return ports;
    const auto where = "/Endpoint/Ports"_json_pointer;
    for (const auto& service : services)
        if (service.is_object() && service.contains(where) && service[where].is_array())
            for (const auto& port : service[where]) read_routed(port, ports);
    tidy(ports);
    return ports;
}

vmctl::guest_port in_guest(const published_port& port)
{
    if (port.address == all_ipv4 || port.address == all_ipv6)
        return {port.protocol, vmctl::guest_address, port.port};
    boost::system::error_code other;
    const auto v6 = ip::make_address_v6(port.address, other);
    if (other) return {port.protocol, port.address, port.port};
    const auto bytes = v6.to_bytes();
    const auto second = static_cast<unsigned char>(0x80U | bytes[13]);
    const ip::address_v4 stand_in({127, second, bytes[14], bytes[15]});
    return {port.protocol, stand_in.to_string(), port.port};
}

}  // namespace proxy
