// Arrays of arrays; a map's keys would say what the place says.
#include "proxy/sleeping_engine.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <utility>

namespace proxy {

namespace {

using nlohmann::json;

json binary(const std::string& bytes)
{
    return json::binary(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
}

std::string text_of(const json& from)
{
    const auto& bytes = from.get_binary();
    return {bytes.begin(), bytes.end()};
}

json encoded(const published_port& port)
{
    const bool is_tcp = port.protocol == vmctl::transport::tcp;
    return {is_tcp, binary(port.address), port.port};
}

published_port decoded_port(const json& from)
{
    published_port port;
    port.protocol = from.at(0).get<bool>() ? vmctl::transport::tcp : vmctl::transport::udp;
    port.address = text_of(from.at(1));
    port.port = from.at(2).get<std::uint16_t>();
    return port;
}

sleeping_engine decoded(const json& from)
{
    sleeping_engine what;
    for (const auto& each : from.at(0))
        what.answers.push_back({text_of(each.at(0)), text_of(each.at(1))});
    for (const auto& each : from.at(1))
        what.ports.emplace(decoded_port(each.at(0)), text_of(each.at(1)));
    if (!from.at(2).is_null()) what.containers = from.at(2).get<std::size_t>();
    return what;
}

}  // namespace

std::string encode(const sleeping_engine& what)
{
    auto answers = json::array();
    for (const auto& each : what.answers)
        answers.push_back(json::array({binary(each.question), binary(each.answer)}));
    auto ports = json::array();
    for (const auto& [port, owner] : what.ports)
        ports.push_back(json::array({encoded(port), binary(owner)}));
    json containers;
    if (what.containers) containers = *what.containers;
    std::string bytes;
    json::to_cbor(
        json::array({std::move(answers), std::move(ports), std::move(containers)}), bytes
    );
    return bytes;
}

std::optional<sleeping_engine> decode_sleeping_engine(std::string_view bytes)
{
    try {
        return decoded(json::from_cbor(bytes));
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

}  // namespace proxy
