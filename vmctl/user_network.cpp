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
        if (protocol != "TCP[HOST_FORWARD]") continue;
        const auto host = parse_port(source_port);
        const auto guest = parse_port(target_port);
        if (host && guest) forwards.push_back({*host, *guest});
    }
    return forwards;
}

}  // namespace vmctl
