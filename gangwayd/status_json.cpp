// From the parts' own values to JSON.
#include "gangwayd/status_json.hpp"

#include "gangwayd/version.hpp"
#include "vmctl/boot_plan.hpp"
#include "vmctl/domain_metadata.hpp"
#include "vmctl/guest_files.hpp"
#include "vmctl/host_usage.hpp"
#include "vmctl/packed_memory.hpp"
#include "vmctl/ssh_keys.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <chrono>

namespace {

using json = nlohmann::ordered_json;

std::string utc(std::chrono::system_clock::time_point when)
{
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(when - day));
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count()
    );
}

json to_json(const vmctl::stage_event& stage)
{
    json result = {{"stage", stage.name}, {"elapsed_ms", stage.elapsed.count()}};
    if (stage.guest_time) result["guest_ms"] = stage.guest_time->count();
    if (stage.so_far) {
        result["bytes"] = stage.so_far->done;
        if (stage.so_far->whole != 0) result["of"] = stage.so_far->whole;
    }
    return result;
}

// 9p is what session libvirt can do without root; there is no other transport yet.
json to_json(const std::vector<config::share>& shares)
{
    json directories = json::array();
    for (const auto& share : shares) directories.push_back(config::to_string(share));
    return {{"transport", "9p"}, {"directories", directories}};
}

json to_json(const vmctl::vm_note& note)
{
    return {
        {"when", utc(note.when)},
        {"what", note.what},
        {"why", note.why},
        {"took_ms", note.took.count()},
    };
}

// Why the VM is awake, and what its life has been.
json sleep_json(const vmctl::vm_status& vm)
{
    json history = json::array();
    for (const auto& each : vm.history) history.push_back(to_json(each));
    json containers;  // null: not known
    if (vm.use.containers) containers = *vm.use.containers;
    return {{"awake_because", vm.awake_because}, {"containers", containers}, {"history", history}};
}

json holds_json(const config::settings& settings, const vmctl::vm_status& vm)
{
    const auto usage = vmctl::usage_of(
        vm.process_id, vmctl::data_disk_in(settings.state_dir), vmctl::memory_of(settings).files()
    );
    return {
        {"memory", usage.memory},
        {"disk", usage.disk},
        {"disk_limit", usage.disk_limit},
        {"saved", usage.saved},
    };
}

json to_json(const config::settings& settings, const vmctl::vm_status& vm)
{
    json timeline = json::array();
    for (const auto& stage : vm.timeline) timeline.push_back(to_json(stage));
    const auto ssh = vmctl::ssh_files_in(settings.state_dir / "ssh", settings.instance);
    return {
        {"state", vmctl::to_string(vm.state)},
        {"since", utc(vm.since)},
        {"started_for", vm.started_for},
        {"stopped_by", vm.stopped_by},
        {"failure", vm.failure},
        {"engine_port", vm.engine_port},
        {"process_id", vm.process_id},
        {"machine",
         {{"name", vmctl::domain_name(settings.instance)},
          {"cpus", settings.vm.cpus},
          {"memory", settings.vm.memory.bytes},
          {"image",
           settings.vm.boot2docker ? settings.vm.boot2docker->iso : settings.vm.image.string()}}},
        {"holds", holds_json(settings, vm)},
        {"shares", to_json(vm.shares)},
        {"restart_for", vm.restart_for},
        {"leases",
         {{"active", vm.use.active},
          {"passive", vm.use.passive},
          {"watching", vm.use.watching},
          {"waiting", vm.use.waiting}}},
        {"sleep", sleep_json(vm)},
        {"timeline", timeline},
        {"serial_log", vmctl::serial_log_in(settings.state_dir).string()},
        {"ssh",
         {{"port", vm.ssh_port},
          {"user", "docker"},
          {"key", ssh.key.string()},
          {"known_hosts", ssh.known_hosts.string()},
          {"host_key_alias", ssh.host_key_alias}}},
    };
}

// A failure may quote the guest's console, which need not be UTF-8.
std::string dump(const json& value, int indent)
{
    return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string status_json(
    const config::settings& settings,
    const std::vector<std::string>& docker_sockets,
    std::size_t sessions,
    const std::vector<vmctl::requester>& in_flight,
    const vmctl::supervisor* vm
)
{
    json requests = json::array();
    for (const auto& each : in_flight) requests.push_back(vmctl::to_string(each));
    json status = {
        {"version", gangway_version},
        {"pid", ::getpid()},
        {"instance", settings.instance},
        {"docker_sockets", docker_sockets},
        {"sessions", sessions},
        {"requests", requests},
        {"engine", "vm"},
        {"state_dir", settings.state_dir.string()},
    };
    if (settings.remote_engine) {
        status["engine"] = config::to_string(settings.remote_engine->endpoint);
    }
    if (vm != nullptr) status["vm"] = to_json(settings, vm->status());
    return dump(status, 2) + "\n";
}

std::string ports_json(const proxy::port_owners& ports)
{
    json all = json::array();
    for (const auto& [port, owner] : ports) {
        const bool tcp = port.protocol == vmctl::transport::tcp;
        all.push_back(
            {{"protocol", tcp ? "tcp" : "udp"},
             {"address", port.address},
             {"port", port.port},
             {"container", owner}}
        );
    }
    return dump(all, 2) + "\n";
}

std::string expectation_json(const std::vector<vmctl::stage_event>& stages)
{
    json expected = json::array();
    for (const auto& each : stages) expected.push_back(to_json(each));
    const json line = {{"expected", std::move(expected)}};
    return dump(line, -1);
}

std::string stage_json(const vmctl::stage_event& stage)
{
    return dump(to_json(stage), -1);
}
