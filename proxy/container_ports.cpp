// Reads the parts of the answer that matter.
#include "proxy/container_ports.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace proxy {
namespace {

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

std::string out_of_reach(const std::string& container_port, const std::string& address)
{
    if (!protocol_of(container_port))
        return "port " + container_port +
               " cannot be published: the VM's network has TCP and UDP "
               "only";
    if (address.find(':') != std::string::npos)
        return "a port cannot be published on the address " + address +
               " alone: the VM's network "
               "has no IPv6; publish it on 127.0.0.1, or without an address, which includes IPv6";
    return {};
}

void read_wanted(const json& bindings, container_ports& into)
{
    each_binding(bindings, [&into](const std::string& container_port, const json& binding) {
        const auto address = text(binding, "HostIp");
        if (into.obstacle.empty()) into.obstacle = out_of_reach(container_port, address);
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
    if (host_config.is_object() && own_network)
        read_wanted(member(host_config, "PortBindings"), result);
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
    const bool all = port.address == all_ipv4 || port.address == all_ipv6;
    return {port.protocol, all ? vmctl::guest_address : port.address, port.port};
}

}  // namespace proxy
