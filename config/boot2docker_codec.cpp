// The codec of the boot2docker ISO: an object of its own, whose members are complained about each.
#include "config/codecs.hpp"
#include "config/remote_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace config {
namespace {

constexpr std::string_view url_pattern = R"(^(https?://[^/]|(~)?/|~\\|[A-Za-z]:[/\\]|\\\\))";
constexpr std::size_t digits_of_sha256 = 64;

bool has_host(std::string_view url)
{
    const auto rest = url.substr(url.find("://") + 3);
    return !rest.empty() && rest.front() != '/';
}

bool is_plain(const std::string& text)
{
    return std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

void read_iso(
    const json& value, const environment& where, complaints& wrong, boot2docker_settings& into
)
{
    const auto* const text = text_in(value);
    if (text && is_url(*text) && has_host(*text) && is_plain(*text)) {
        into.iso = *text;
        return;
    }
    if (text && !is_url(*text)) {
        complaints about_path;
        if (const auto path = path_codec().read(value, where, about_path)) {
            into.iso = path->string();
            return;
        }
    }
    reject(
        wrong,
        value,
        "an absolute path, one that begins with \"~/\", or an http:// or https:// URL",
        ".iso"
    );
}

void read_digest(const json& value, complaints& wrong, boot2docker_settings& into)
{
    const auto* const text = text_in(value);
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    if (!text || text->size() != digits_of_sha256 ||
        text->find_first_not_of(digits) != std::string::npos) {
        reject(wrong, value, "the ISO's sha256, 64 hexadecimal digits", ".sha256");
        return;
    }
    into.sha256 = *text;
    std::ranges::transform(into.sha256, into.sha256.begin(), [](char c) {
        return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
}

}  // namespace

std::optional<boot2docker_codec::value_type> boot2docker_codec::read(
    const json& value, const environment& where, complaints& wrong
) const
{
    if (!value.is_object()) {
        reject(wrong, value, R"(an object, { "iso": PATH or URL, "sha256": DIGITS })");
        return std::nullopt;
    }
    const auto known = wrong.size();
    boot2docker_settings settings;
    for (const auto& [name, member] : value.items()) {
        if (name == "iso")
            read_iso(member, where, wrong, settings);
        else if (name == "sha256")
            read_digest(member, wrong, settings);
        else
            wrong.push_back({{}, "has only \"iso\" and \"sha256\", not " + describe(json(name))});
    }
    for (const auto* const name : {"iso", "sha256"})
        if (!value.contains(name))
            wrong.push_back({{}, "has to have \"" + std::string(name) + "\", too"});
    if (wrong.size() > known) return std::nullopt;
    return value_type(std::move(settings));
}

json boot2docker_codec::write(const value_type& value) const
{
    if (!value) return nullptr;
    return {{"iso", value->iso}, {"sha256", value->sha256}};
}

json boot2docker_codec::shape() const
{
    return {
        {"type", "object"},
        {"properties",
         {{"iso", {{"type", "string"}, {"pattern", url_pattern}}},
          {"sha256", {{"type", "string"}, {"pattern", "^[0-9a-fA-F]{64}$"}}}}},
        {"required", {"iso", "sha256"}},
        {"additionalProperties", false}};
}

}  // namespace config
