// From the parts' own counts to metrics. Names, units and labels as Prometheus wants them
// (https://prometheus.io/docs/practices/naming/).
#include "gangwayd/metrics.hpp"

#include "gangwayd/metrics_text.hpp"
#include "gangwayd/process_usage.hpp"
#include "gangwayd/version.hpp"
#include "vmctl/guest_files.hpp"
#include "vmctl/host_usage.hpp"
#include "vmctl/packed_memory.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace {

using type = metric_type;

void add_requests(metrics_text& text, const proxy::server& server)
{
    const auto& counted = server.counted();
    text.begin(
        "gangway_http_requests_total",
        type::counter,
        "Requests that were answered, by the engine or by gangwayd."
    );
    for (const auto& each : counted.answers.all()) {
        const metric_labels labels{
            {"method", std::string(to_string(each.request.method))},
            {"route", proxy::route_pattern(each.request.route)},
            {"code", std::to_string(each.status)}};
        text.sample(labels, each.count);
    }
    text.single(
        "gangway_known_answers_total",
        type::counter,
        "Of these, requests that were answered from memory while the VM slept on.",
        counted.known_answers
    );
    text.begin(
        "gangway_client_bytes_total",
        type::counter,
        "Bytes of the docker socket's connections that were passed on, by direction."
    );
    text.sample({{"direction", "to_engine"}}, counted.to_engine);
    text.sample({{"direction", "to_client"}}, counted.to_client);
}

void add_sessions(
    metrics_text& text, const proxy::server& server, const proxy::published_ports* ports
)
{
    const auto now = server.occupied();
    text.single(
        "gangway_sessions_opened_total",
        type::counter,
        "Connections to the docker socket that were accepted.",
        server.counted().sessions
    );
    text.single(
        "gangway_sessions",
        type::gauge,
        "Connections to the docker socket that are open.",
        std::uint64_t{server.session_count()}
    );
    text.single(
        "gangway_sessions_busy",
        type::gauge,
        "Of these, connections with a request that is not answered yet, or a stream.",
        std::uint64_t{now.in_flight}
    );
    text.begin(
        "gangway_open_streams",
        type::gauge,
        "Streams that are open: hijacked connections (attach, exec), answers that last (events, "
        "logs), connections that speak no HTTP (raw), connections to published TCP ports (port)."
    );
    text.sample({{"kind", "hijacked"}}, std::uint64_t{now.hijacked});
    text.sample({{"kind", "answer"}}, std::uint64_t{now.answers});
    text.sample({{"kind", "raw"}}, std::uint64_t{now.raw});
    if (ports == nullptr) return;
    text.sample({{"kind", "port"}}, std::uint64_t{ports->connections()});
    text.begin(
        "gangway_port_bytes_total",
        type::counter,
        "Bytes of connections to published TCP ports that were passed on, by direction."
    );
    text.sample({{"direction", "to_container"}}, ports->counted().to_engine);
    text.sample({{"direction", "to_client"}}, ports->counted().to_client);
}

void add_wakes(metrics_text& text, const vmctl::vm_counts& counts)
{
    const std::array<std::pair<const char*, const vmctl::wake_count*>, 3> wakes{
        {{"paused", &counts.from_paused},
         {"saved", &counts.from_saved},
         {"off", &counts.from_off}}};
    text.begin(
        "gangway_vm_wakes_total",
        type::counter,
        "How often the VM came to serve, by what it came from and who wanted it."
    );
    for (const auto& [from, wake] : wakes) {
        for (std::size_t reason = 0; reason < wake->by_reason.size(); ++reason) {
            const std::string name(vmctl::wake_reason_names.at(reason));
            text.sample({{"from", from}, {"reason", name}}, wake->by_reason.at(reason));
        }
    }
    const auto add = [&text](const metric_labels& labels, const vmctl::duration_histogram& took) {
        text.histogram(labels, vmctl::duration_histogram::bounds, took.counts(), took.sum());
    };
    text.begin(
        "gangway_vm_boot_duration_seconds",
        type::histogram,
        "How long boots took, until the engine answered."
    );
    add({}, counts.from_off.took);
    text.begin(
        "gangway_vm_wake_duration_seconds",
        type::histogram,
        "How long it took to wake the VM, by what it came from, until the engine answered."
    );
    add({{"from", "paused"}}, counts.from_paused.took);
    add({{"from", "saved"}}, counts.from_saved.took);
    text.single(
        "gangway_vm_failed_starts_total",
        type::counter,
        "Boots and wakes that came to nothing; each try counts.",
        counts.failed_starts
    );
    text.begin(
        "gangway_vm_sleeps_total",
        type::counter,
        "How often the VM was sent to sleep, and slept, by how deep."
    );
    text.sample({{"depth", "paused"}}, counts.paused);
    text.sample({{"depth", "saved"}}, counts.saved);
    text.sample({{"depth", "off"}}, counts.off);
}

void add_holdings(
    metrics_text& text, const config::settings& settings, const vmctl::vm_status& status
)
{
    const auto holds = vmctl::usage_of(
        status.process_id,
        vmctl::data_disk_in(settings.state_dir),
        vmctl::memory_of(settings).files()
    );
    text.single(
        "gangway_vm_memory_bytes",
        type::gauge,
        "Memory of this host that the VM's process holds.",
        holds.memory
    );
    text.single(
        "gangway_vm_memory_limit_bytes",
        type::gauge,
        "Memory that the VM's guest has.",
        std::uint64_t{settings.vm.memory.bytes}
    );
    text.single(
        "gangway_vm_disk_bytes",
        type::gauge,
        "Space of this host that the data disk takes.",
        holds.disk
    );
    text.single(
        "gangway_vm_disk_limit_bytes",
        type::gauge,
        "The size that the data disk may grow to.",
        holds.disk_limit
    );
    text.single(
        "gangway_vm_saved_bytes",
        type::gauge,
        "Space of this host that the memory of a saved VM takes.",
        holds.saved
    );
}

void add_vm(metrics_text& text, const config::settings& settings, const vmctl::supervisor& vm)
{
    const auto status = vm.status();
    text.begin(
        "gangway_vm_state", type::gauge, "1 for the state that the VM is in, 0 for the others."
    );
    for (const auto state : vmctl::all_vm_states) {
        const std::string name(vmctl::to_string(state));
        text.sample({{"state", name}}, std::uint64_t{state == status.state ? 1U : 0U});
    }
    text.single(
        "gangway_vm_waiting_clients",
        type::gauge,
        "Clients that wait for the VM to come.",
        std::uint64_t{status.use.waiting}
    );
    if (status.use.containers) {
        text.single(
            "gangway_vm_containers",
            type::gauge,
            "Containers that run; absent when not known.",
            std::uint64_t{*status.use.containers}
        );
    }
    add_wakes(text, vm.counts());
    add_holdings(text, settings, status);
}

// The names that every Prometheus client library uses.
void add_process(metrics_text& text, const process_usage& usage)
{
    text.single(
        "process_cpu_seconds_total",
        type::counter,
        "Processor time that gangwayd has used, of user and system.",
        usage.processor_time
    );
    text.single(
        "process_start_time_seconds",
        type::gauge,
        "When gangwayd started, since the epoch.",
        usage.started
    );
    text.single(
        "process_resident_memory_bytes",
        type::gauge,
        "Resident memory of gangwayd.",
        usage.resident_memory
    );
    text.single(
        "process_virtual_memory_bytes",
        type::gauge,
        "Virtual memory of gangwayd.",
        usage.virtual_memory
    );
    text.single(
        "process_open_fds",
        type::gauge,
        "Descriptors that gangwayd has open.",
        usage.open_descriptors
    );
    text.single(
        "process_max_fds",
        type::gauge,
        "Descriptors that gangwayd may have open.",
        usage.most_descriptors
    );
}

}  // namespace

std::string metrics(
    const config::settings& settings,
    const proxy::server& server,
    const vmctl::supervisor* vm,
    const proxy::published_ports* ports
)
{
    metrics_text text;
    text.begin("gangway_build_info", type::gauge, "1, with the version of gangwayd.");
    text.sample({{"version", gangway_version}}, std::uint64_t{1});
    add_requests(text, server);
    add_sessions(text, server, ports);
    if (vm != nullptr) add_vm(text, settings, *vm);
    if (const auto usage = usage_of_this_process()) add_process(text, *usage);
    return text.text();
}
