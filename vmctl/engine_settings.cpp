// The texts of the three files, and their comparison setting by setting.
#include "vmctl/engine_settings.hpp"

#include "config/daemon_json.hpp"
#include "vmctl/certificate.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/user_network.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <system_error>

namespace vmctl {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

constexpr std::string_view begin_mark = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view end_mark = "-----END CERTIFICATE-----";

// The certificates in `text`, without what stands between them.
std::string certificates_in(const std::string& text)
{
    std::string all;
    for (auto begin = text.find(begin_mark); begin != std::string::npos;
         begin = text.find(begin_mark, begin)) {
        const auto end = text.find(end_mark, begin);
        if (end == std::string::npos) break;
        const auto one = text.substr(begin, end + end_mark.size() - begin) + "\n";
        if (is_certificate(one)) all += one;
        begin = end;
    }
    return all;
}

// What a machine's directory of authorities holds. Nobody has named its files, so that one which is
// no use is left out.
std::string certificates_below(const fs::path& directory)
{
    constexpr auto skipping = fs::directory_options::skip_permission_denied;
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory, skipping))
        if (entry.is_regular_file() &&
            (entry.path().extension() == ".crt" || entry.path().extension() == ".pem"))
            files.push_back(entry.path());
    std::ranges::sort(files);  // so that equal directories make equal settings
    std::string all;
    for (const auto& file : files) {
        std::string found;
        try {
            found = certificates_in(read_file(file));
        } catch (const storage_error& error) {
            spdlog::warn("{}", error.what());
        }
        if (found.empty()) spdlog::warn("{} gives no PEM certificate to the VM", file.string());
        all += found;
    }
    return all;
}

std::string certificates_at(const fs::path& path)
{
    try {
        if (fs::is_directory(path)) return certificates_below(path);
        auto found = certificates_in(read_file(path));
        if (found.empty()) throw storage_error(path.string() + " holds no PEM certificate");
        return found;
    } catch (const std::exception& error) {
        throw storage_error(
            std::string("engine.certificates cannot be read: ") + error.what() +
            "; mend it, or leave it out of the setting"
        );
    }
}

std::string line(std::string_view name, const std::string& value)
{
    return value.empty() ? std::string() : std::string(name) + "=" + value + "\n";
}

}  // namespace

std::string seen_from_guest(std::string_view proxy)
{
    // [scheme://][user[:password]@]host[:port][/]
    const auto scheme = proxy.find("://");
    auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
    const auto authority_end = std::min(proxy.find('/', host), proxy.size());
    if (const auto user = proxy.substr(host, authority_end - host).rfind('@');
        user != std::string_view::npos)
        host += user + 1;
    const auto rest = proxy.substr(host, authority_end - host);
    const auto bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
    const auto end =
        std::min(bracket == std::string_view::npos ? rest.find(':') : bracket + 1, rest.size());
    const auto name = rest.substr(0, end);
    const bool here = name == "localhost" || name == "[::1]" || name.starts_with("127.");
    if (!here) return std::string(proxy);
    return std::string(proxy.substr(0, host)) + host_in_user_network +
           std::string(proxy.substr(host + end));
}

guest_settings guest_settings_of(const config::engine_settings& settings)
{
    guest_settings result;
    result.daemon_json = settings.daemon_json;
    result.environment = line("HTTP_PROXY", seen_from_guest(settings.http_proxy)) +
                         line("HTTPS_PROXY", seen_from_guest(settings.https_proxy)) +
                         line("NO_PROXY", settings.no_proxy);
    for (const auto& path : settings.certificates) result.authorities += certificates_at(path);
    return result;
}

settings_gap gap_between(const guest_settings& has, const guest_settings& wanted)
{
    settings_gap gap;
    const auto had = json::parse(has.daemon_json);
    const auto want = json::parse(wanted.daemon_json);
    const auto name = [](const std::string& key) { return "engine.daemon_json." + key; };
    auto then = had;
    for (const auto& [key, value] : want.items()) {
        if (had.contains(key) && had[key] == value) continue;
        auto& list = config::reloads(key) ? gap.taken_over : gap.restart_for;
        list.push_back(name(key));
        if (config::reloads(key)) then[key] = value;
    }
    gap.daemon_json = then.dump();
    for (const auto& [key, value] : had.items())
        if (!want.contains(key)) gap.restart_for.push_back(name(key));
    if (has.environment != wanted.environment) gap.restart_for.emplace_back("the proxies");
    if (has.authorities != wanted.authorities) gap.restart_for.emplace_back("engine.certificates");
    return gap;
}

fs::path settings_record_in(const fs::path& state_dir)
{
    return state_dir / "engine.json";
}

guest_settings recorded_settings(const fs::path& state_dir)
{
    std::error_code error;
    guest_settings known;
    if (!fs::exists(settings_record_in(state_dir), error)) return known;
    const auto record = json::parse(read_file(settings_record_in(state_dir)), nullptr, false);
    try {
        guest_settings all{
            record.at("daemon_json").get<std::string>(),
            record.at("environment").get<std::string>(),
            record.at("authorities").get<std::string>()};
        if (json::parse(all.daemon_json, nullptr, false).is_object()) known = std::move(all);
    } catch (const json::exception&) {
        spdlog::warn("{} is damaged and not used", settings_record_in(state_dir).string());
    }
    return known;
}

void record_settings(const fs::path& state_dir, const guest_settings& settings)
{
    const json record = {
        {"daemon_json", settings.daemon_json},
        {"environment", settings.environment},
        {"authorities", settings.authorities}};
    constexpr auto replace = json::error_handler_t::replace;
    write_file(settings_record_in(state_dir), record.dump(-1, ' ', false, replace) + "\n", 0600);
}

}  // namespace vmctl
