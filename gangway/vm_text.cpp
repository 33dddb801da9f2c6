// Columns for people, JSON for programs.
#include "gangway/vm_text.hpp"

#include "gangway/status_text.hpp"
#include "gangway/table.hpp"
#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace gangway {
namespace {

using json = nlohmann::ordered_json;
using row = std::vector<std::string>;

// The answer of `take` for the VM's object.
template <class Take>
auto of_vm(std::string_view status, const Take& take)
{
    const auto parsed = parse_status(status);
    try {
        vm_of(parsed);
        return take(json(parsed));
    } catch (const json::exception& error) {
        throw unusable_status(error.what());
    }
}

// boot2docker-cli's words (driver/driver.go) for those states that its VMs had.
std::string boot2docker_word(const std::string& state)
{
    constexpr auto words = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"ready", "running"},
        {"stopped", "poweroff"},
        {"absent", "poweroff"},
        {"failed", "aborted"},
    });
    const auto* const found =
        std::ranges::find(words, std::string_view(state), &decltype(words)::value_type::first);
    return found == words.end() ? state : std::string(found->second);
}

// "/tmp:ro" -> "/tmp" and "read-only".
std::pair<std::string, std::string> share_parts(std::string written)
{
    constexpr std::string_view mark = ":ro";
    if (!written.ends_with(mark)) return {std::move(written), "read-write"};
    written.resize(written.size() - mark.size());
    return {std::move(written), "read-only"};
}

// As `docker ps` shows it; what is no container has a name of its own.
std::string short_id(const std::string& id)
{
    constexpr std::size_t whole = 64;
    return id.size() == whole ? id.substr(0, 12) : id;
}

std::string pretty(const json& value)
{
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::vector<row> mounts_of(const json& shares)
{
    std::vector<row> rows;
    for (const auto& each : shares.at("directories")) {
        auto [path, mode] = share_parts(each.get<std::string>());
        rows.push_back({printable(path), mode, shares.at("transport").get<std::string>()});
    }
    return rows;
}

}  // namespace

std::string vm_name(std::string_view status)
{
    return of_vm(status, [](const json& object) {
        return printable(object.at("vm").at("machine").at("name").get<std::string>());
    });
}

std::string info_json(std::string_view status)
{
    return of_vm(status, [](const json& object) {
        const auto& vm = object.at("vm");
        const auto& machine = vm.at("machine");
        json info;
        info["Name"] = machine.at("name");
        info["Iso"] = machine.at("image");
        info["State"] = boot2docker_word(vm.at("state").get<std::string>());
        info["CPUs"] = machine.at("cpus");
        info["Memory"] = machine.at("memory").get<std::uint64_t>() >> 20U;  // MiB, as there
        info["BaseFolder"] = object.at("state_dir");
        info["DockerPort"] = vm.at("engine_port");
        info["SSHPort"] = vm.at("ssh").at("port");
        return pretty(info);
    });
}

std::string mounts_text(std::string_view status)
{
    return of_vm(status, [](const json& object) {
        auto rows = mounts_of(object.at("vm").at("shares"));
        if (rows.empty()) {
            const auto state = object.at("vm").at("state").get<std::string>();
            if (state == "ready") return std::string("The VM sees no directory of this host.\n");
            return "The VM is " + state + "; what it sees of this host shows when it is ready.\n";
        }
        rows.insert(rows.begin(), {"DIRECTORY", "MODE", "TRANSPORT"});
        return table(rows);
    });
}

std::string mounts_json(std::string_view status)
{
    return of_vm(status, [](const json& object) {
        auto all = json::array();
        for (const auto& each : mounts_of(object.at("vm").at("shares")))
            all.push_back({{"directory", each[0]}, {"mode", each[1]}, {"transport", each[2]}});
        return pretty(all);
    });
}

std::string ports_text(std::string_view ports)
{
    const auto all = json::parse(ports, nullptr, false);
    std::vector<row> rows{{"PORT", "CONTAINER"}};
    try {
        if (!all.is_array()) throw unusable_status("it is no JSON array");
        for (const auto& each : all) {
            const auto address = each.at("address").get<std::string>();
            const bool v6 = address.find(':') != std::string::npos;
            rows.push_back(
                {(v6 ? "[" + address + "]" : address) + ":" +
                     std::to_string(each.at("port").get<unsigned>()) + "/" +
                     each.at("protocol").get<std::string>(),
                 printable(short_id(each.at("container").get<std::string>()))}
            );
        }
    } catch (const json::exception& error) {
        throw unusable_status(error.what());
    }
    return rows.size() == 1 ? "No container publishes a port.\n" : table(rows);
}

std::string why_json(std::string_view status)
{
    return of_vm(status, [](const json& object) { return pretty(object.at("vm").at("sleep")); });
}

std::string ip_text(std::string_view status)
{
    return of_vm(status, [](const json&) { return std::string("127.0.0.1\n"); });
}

}  // namespace gangway
