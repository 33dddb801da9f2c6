// The codecs of plain values: what each kind may be, and the sentences for what it may not.
#include "config/codecs.hpp"

#include "config/daemon_json.hpp"
#include "config/units.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace config {
void reject(complaints& wrong, const json& value, std::string allowed, std::string element)
{
    wrong.push_back(
        {std::move(element), "must be " + std::move(allowed) + ", not " + describe(value)}
    );
}

const std::string* text_in(const json& value)
{
    return value.get_ptr<const std::string*>();
}

std::string describe(const json& value)
{
    switch (value.type()) {
        case json::value_t::null:
            return "null";
        case json::value_t::boolean:
            return value.dump();
        case json::value_t::string:
            return "the string " + in_quotes(*text_in(value));
        case json::value_t::array:
            return "a list";
        case json::value_t::object:
            return "an object";
        default:
            return "the number " + value.dump();
    }
}

// Numbers

std::optional<std::uint64_t> number_codec::read(
    const json& value, const environment&, complaints& wrong
) const
{
    if (value.is_number_unsigned()) {
        const auto number = value.get<std::uint64_t>();
        if (number >= smallest && number <= largest) return number;
    }
    reject(
        wrong,
        value,
        "a whole number from " + std::to_string(smallest) + " to " + std::to_string(largest)
    );
    return std::nullopt;
}

json number_codec::write(std::uint64_t value) const
{
    return value;
}

json number_codec::shape() const
{
    return {{"type", "integer"}, {"minimum", smallest}, {"maximum", largest}};
}

// Choices

std::optional<std::size_t> choice_codec::read(
    const json& value, const environment&, complaints& wrong
) const
{
    if (const auto* const text = text_in(value)) {
        const auto found = std::ranges::find(words, *text);
        if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    }
    std::string allowed;
    for (const auto word : words)
        allowed += (allowed.empty() ? "one of \"" : ", \"") + std::string(word) + "\"";
    reject(wrong, value, allowed);
    return std::nullopt;
}

json choice_codec::write(std::size_t value) const
{
    return words.at(value);
}

json choice_codec::shape() const
{
    return {{"enum", words}};
}

// Sizes

std::optional<byte_size> size_codec::read(const json& value, const environment&, complaints& wrong)
    const
{
    if (const auto* const text = text_in(value))
        if (const auto size = parse_byte_size(*text); size && *size >= smallest && *size <= largest)
            return size;
    reject(
        wrong,
        value,
        "a size from \"" + to_string(smallest) + "\" to \"" + to_string(largest) +
            "\", in whole MiB, GiB or TiB"
    );
    return std::nullopt;
}

json size_codec::write(byte_size value) const
{
    return to_string(value);
}

json size_codec::shape() const
{
    return {{"type", "string"}, {"pattern", "^[1-9][0-9]*(MiB|GiB|TiB)$"}};
}

// Switches

std::optional<bool> switch_codec::read(const json& value, const environment&, complaints& wrong)
    const
{
    if (value.is_boolean()) return value.get<bool>();
    reject(wrong, value, "true or false");
    return std::nullopt;
}

json switch_codec::write(bool value) const
{
    return value;
}

json switch_codec::shape() const
{
    return {{"type", "boolean"}};
}

// Durations

constexpr std::chrono::seconds longest_duration = std::chrono::hours(24);
constexpr std::string_view never = "0s";

std::optional<std::chrono::seconds> duration_codec::read(
    const json& value, const environment&, complaints& wrong
) const
{
    if (const auto* const text = text_in(value))
        if (const auto duration = parse_duration(*text); duration && *duration <= longest_duration)
            return duration;
    reject(wrong, value, "a duration from \"1s\" to \"24h\", in whole s, m or h such as \"90s\"");
    return std::nullopt;
}

json duration_codec::write(std::chrono::seconds value) const
{
    return to_string(value);
}

json duration_codec::shape() const
{
    return {{"type", "string"}, {"pattern", "^[1-9][0-9]*(s|m|h)$"}};
}

std::optional<std::chrono::seconds> patience_codec::read(
    const json& value, const environment&, complaints& wrong
) const
{
    if (const auto* const text = text_in(value)) {
        if (*text == never) return std::chrono::seconds(0);
        if (const auto duration = parse_duration(*text); duration && *duration <= longest_duration)
            return duration;
    }
    reject(
        wrong,
        value,
        "a duration from \"1s\" to \"24h\", in whole s, m or h such as \"90s\", or \"0s\" for never"
    );
    return std::nullopt;
}

json patience_codec::write(std::chrono::seconds value) const
{
    return value == value.zero() ? std::string(never) : to_string(value);
}

json patience_codec::shape() const
{
    return {{"type", "string"}, {"pattern", "^(0s|[1-9][0-9]*(s|m|h))$"}};
}

// Groups

std::optional<std::string> group_codec::read(
    const json& value, const environment&, complaints& wrong
) const
{
    const auto* const text = text_in(value);
    if (text && std::ranges::none_of(*text, [](char c) {
            return static_cast<unsigned char>(c) <= ' ' || c == ':' || c == '/' || c == 0x7F;
        }))
        return *text;
    reject(wrong, value, "the name of a group, or \"\" for none");
    return std::nullopt;
}

json group_codec::write(const std::string& value) const
{
    return value;
}

json group_codec::shape() const
{
    return {{"type", "string"}, {"pattern", "^[^\\s:/]*$"}};
}

// dockerd's own settings

std::optional<std::string> daemon_json_codec::read(
    const json& value, const environment&, complaints& wrong
) const
{
    const auto known = wrong.size();
    check_daemon_json(value, wrong);
    if (wrong.size() > known) return std::nullopt;
    return value.dump();
}

json daemon_json_codec::write(const std::string& value) const
{
    return json::parse(value);
}

json daemon_json_codec::shape() const
{
    return {{"type", "object"}};
}

// Proxies

std::optional<std::string> proxy_codec::read(
    const json& value, const environment&, complaints& wrong
) const
{
    const auto* const text = text_in(value);
    if (text && std::ranges::none_of(*text, [](unsigned char c) { return c < ' ' || c == 0x7F; }))
        return *text;
    reject(wrong, value, "a string as in a variable such as HTTP_PROXY, or \"\" for none");
    return std::nullopt;
}

json proxy_codec::write(const std::string& value) const
{
    return value;
}

json proxy_codec::shape() const
{
    return {{"type", "string"}};
}

// libvirt connections

namespace {

// libvirt's form is DRIVER[+TRANSPORT]://[AUTHORITY]/PATH.
std::string_view authority_in(std::string_view uri)
{
    const auto rest = uri.substr(uri.find("://") + 3);
    return rest.substr(0, rest.find_first_of("/?#"));
}

// Drivers of libvirt's by which our VM cannot be run, and whose users have a way all the same: what
// is wrong with the URI. Empty: nothing. docs/hypervisors.md has the reasons.
std::string_view obstacle_to_driver(std::string_view uri)
{
    const auto driver = uri.substr(0, uri.find_first_of("+:"));
    if (driver == "vbox")
        return "is VirtualBox through libvirt, which forwards no port into its VMs and keeps no "
               "note of ours in them; set vm.hypervisor to \"virtualbox\" instead, which needs no "
               "libvirt";
    if (driver == "hyperv")
        return "is Hyper-V through libvirt, which forwards no port into its VMs and shares no "
               "directories with them; set vm.hypervisor to \"virtualbox\" instead, or, for an "
               "engine in a VM that you run yourself, engine.remote to its tcp:// or ssh:// "
               "address";
    return {};
}

}  // namespace

std::optional<std::string> libvirt_uri_codec::read(
    const json& value, const environment&, complaints& wrong
) const
{
    if (const auto* const text = text_in(value)) {
        const auto scheme = text->find("://");
        if (scheme != std::string::npos && scheme > 0 && text->find('\0') == std::string::npos &&
            std::all_of(
                text->begin(),
                text->begin() + static_cast<std::ptrdiff_t>(scheme),
                [](char c) { return (c >= 'a' && c <= 'z') || c == '+'; }
            )) {
            if (const auto obstacle = obstacle_to_driver(*text); !obstacle.empty()) {
                wrong.push_back({{}, std::string(obstacle)});
                return std::nullopt;
            }
            const auto elsewhere = authority_in(*text);
            if (elsewhere.empty()) return *text;
            wrong.push_back(
                {{},
                 "runs the VM on another machine (" + in_quotes(elsewhere) +
                     "), which Gangway cannot: the VM's image, disk and ports have to be on this "
                     "one; to use an engine there, set engine.remote to ssh://[USER@]HOST instead"}
            );
            return std::nullopt;
        }
    }
    reject(wrong, value, "a libvirt URI such as \"qemu:///session\"");
    return std::nullopt;
}

json libvirt_uri_codec::write(const std::string& value) const
{
    return value;
}

json libvirt_uri_codec::shape() const
{
    return {{"type", "string"}, {"pattern", "^[a-z+]+:///"}};
}

}  // namespace config
