// Line by line. What a line of another version may have in addition is passed over.
#include "vmctl/virtualbox_words.hpp"

#include <array>
#include <charconv>
#include <sstream>
#include <utility>

namespace vmctl {

namespace {

std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    std::istringstream stream{std::string(text)};
    for (std::string line; std::getline(stream, line);) {
        if (line.ends_with('\r')) line.pop_back();  // on Windows
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string_view without_quotes(std::string_view text)
{
    if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
        return text.substr(1, text.size() - 2);
    return text;
}

std::vector<std::string> split_at_commas(std::string_view text)
{
    std::vector<std::string> parts(1);
    for (const char letter : text) {
        if (letter == ',')
            parts.emplace_back();
        else
            parts.back() += letter;
    }
    return parts;
}

std::optional<std::uint16_t> parse_port(const std::string& text)
{
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() || stopped != end || port == 0) return std::nullopt;
    return port;
}

std::optional<virtualbox_rule> parse_rule(std::string_view text)
{
    const auto parts = split_at_commas(text);
    if (parts.size() != 6) return std::nullopt;
    const auto& protocol = parts[1];
    const auto host = parse_port(parts[3]);
    const auto guest = parse_port(parts[5]);
    if (!host || !guest || (protocol != "tcp" && protocol != "udp")) return std::nullopt;
    const auto kind = protocol == "tcp" ? transport::tcp : transport::udp;
    return virtualbox_rule{parts[0], {*host, {kind, parts[4], *guest}}};
}

// "VBoxManage: error: …", "VBoxManage.exe: error: …".
std::optional<std::string_view> after_error(std::string_view line)
{
    constexpr std::string_view mark = ": error: ";
    const auto at = line.find(mark);
    if (at == std::string_view::npos || !line.starts_with("VBoxManage")) return std::nullopt;
    return line.substr(at + mark.size());
}

}  // namespace

virtualbox_state state_called(std::string_view name)
{
    using enum virtualbox_state;
    constexpr std::array<std::pair<std::string_view, virtualbox_state>, 8> known = {{
        {"poweroff", off},
        {"aborted", killed},
        {"saved", saved},
        {"aborted-saved", saved},
        {"running", running},
        {"paused", paused},
        {"gurumeditation", stuck},
        {"teleported", off},
    }};
    for (const auto& [called, state] : known)
        if (name == called) return state;
    return other;
}

bool has_power(virtualbox_state state)
{
    return state != virtualbox_state::off && state != virtualbox_state::killed &&
           state != virtualbox_state::saved;
}

std::optional<virtualbox_machine> parse_machine(std::string_view text)
{
    virtualbox_machine machine;
    bool tells_state = false;
    for (const auto& line : lines_of(text)) {
        const auto equals = line.find('=');
        if (equals == std::string::npos) continue;
        const auto name = std::string_view(line).substr(0, equals);
        const auto value = without_quotes(std::string_view(line).substr(equals + 1));
        if (name == "VMState") {
            machine.state = state_called(value);
            tells_state = true;
        }
        if (!name.starts_with("Forwarding(")) continue;
        if (auto rule = parse_rule(value)) machine.rules.push_back(*std::move(rule));
    }
    if (!tells_state) return std::nullopt;
    return machine;
}

std::map<std::string, std::string> parse_extra_data(std::string_view text)
{
    constexpr std::string_view key = "Key: ";
    constexpr std::string_view between = ", Value: ";
    std::map<std::string, std::string> notes;
    for (const auto& line : lines_of(text)) {
        const auto middle = line.find(between);
        if (!line.starts_with(key) || middle == std::string::npos) continue;
        notes[line.substr(key.size(), middle - key.size())] = line.substr(middle + between.size());
    }
    return notes;
}

std::string complaint_in(std::string_view errors)
{
    std::string complaint;
    for (const auto& line : lines_of(errors)) {
        const auto words = after_error(line);
        if (!words || words->starts_with("Details:") || words->starts_with("Context:")) continue;
        complaint += (complaint.empty() ? "" : "; ") + std::string(*words);
    }
    return complaint;
}

std::optional<std::string> code_in(std::string_view errors)
{
    constexpr std::string_view mark = "Details: code ";
    for (const auto& line : lines_of(errors)) {
        const auto words = after_error(line);
        if (!words || !words->starts_with(mark)) continue;
        const auto code = words->substr(mark.size());
        return std::string(code.substr(0, code.find_first_of(" ,(")));
    }
    return std::nullopt;
}

}  // namespace vmctl
