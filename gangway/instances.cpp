// An instance is known by its state directory, or by the configuration.
#include "gangway/instances.hpp"

#include "config/defaults.hpp"
#include "gangway/control_client.hpp"
#include "gangway/daemon_start.hpp"
#include "gangway/failure.hpp"
#include "gangway/status_text.hpp"
#include "gangway/table.hpp"
#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

namespace gangway {
namespace {

namespace fs = std::filesystem;

constexpr const char* no_daemon = "no daemon";

// One control socket may be that of several, where the configuration names it.
std::string state_of(const std::string& name, const config::local_endpoint& control)
{
    try {
        const auto status = parse_status(control_client(control).get("/v1/status"));
        if (status.at("instance").get<std::string>() != name) return no_daemon;
        if (!status.contains("vm")) return "serves " + status.at("engine").get<std::string>();
        return status.at("vm").at("state").get<std::string>();
    } catch (const daemon_not_running&) {
        return no_daemon;
    } catch (const failure& error) {
        return error.what();
    } catch (const nlohmann::json::exception& error) {
        return unusable_status(error.what()).what();
    }
}

}  // namespace

std::vector<instance> find_instances(
    const fs::path& usual_place,
    const std::vector<std::string>& named,
    const std::function<config::settings(const std::string& name)>& settings_of
)
{
    const std::string usual = "default";
    const auto home = settings_of(usual).state_dir;
    std::set<std::string> names(named.begin(), named.end());
    names.insert(usual);
    const auto known = names;
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator(usual_place, unreadable)) {
        const auto name = entry.path().filename().string();
        std::error_code unknown;
        if (config::is_instance_name(name) && entry.is_directory(unknown)) names.insert(name);
    }
    std::vector<instance> all;
    for (const auto& name : names) {
        const auto settings = settings_of(name);
        // Something else is in that directory, then: the configuration names one for itself.
        const bool own = settings.state_dir == usual_place / name && settings.state_dir != home;
        if (!known.contains(name) && !own) continue;
        const auto socket = docker_socket(settings);
        all.push_back(
            {name,
             state_of(name, settings.control.listen),
             socket ? config::to_string(*socket) : std::string()}
        );
    }
    return all;
}

std::string instances_text(const std::vector<instance>& all)
{
    std::vector<std::vector<std::string>> rows{{"NAME", "STATE", "DOCKER_HOST"}};
    for (const auto& each : all)
        rows.push_back({each.name, printable(each.state), printable(each.docker_host)});
    return table(rows);
}

std::string instances_json(const std::vector<instance>& all)
{
    auto list = nlohmann::ordered_json::array();
    for (const auto& each : all)
        list.push_back(
            {{"name", each.name}, {"state", each.state}, {"docker_host", each.docker_host}}
        );
    return list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace gangway
