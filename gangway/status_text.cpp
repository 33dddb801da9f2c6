// From the daemon's JSON to lines for a person.
#include "gangway/status_text.hpp"

#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

namespace gangway {
namespace {

using nlohmann::json;
using std::chrono::sys_seconds;

constexpr std::size_t label_width = 12;

class lines {
public:
    void add(std::string_view label, const std::string& text)
    {
        text_ += label;
        text_.append(label_width - label.size(), ' ');
        for (const char letter : printable(text)) {
            text_ += letter;
            if (letter == '\n') text_.append(label_width, ' ');
        }
        text_ += '\n';
    }

    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::string text(const json& object, const char* key)
{
    return object.at(key).get<std::string>();
}

std::string since_text(const std::string& written, sys_seconds now)
{
    const auto since = parse_time(written);
    if (!since) return written.empty() ? "" : " since " + written;
    return " for " + age_text(std::max(now - *since, std::chrono::seconds(0))) + " (since " +
           written + ")";
}

std::string timeline_text(const json& timeline)
{
    std::string result;
    for (const auto& event : timeline) {
        const std::chrono::milliseconds elapsed(event.at("elapsed_ms").get<std::int64_t>());
        if (!result.empty()) result += ", ";
        result += text(event, "stage") + " " + stopwatch_text(elapsed);
    }
    return result;
}

std::string uses_text(const json& leases)
{
    std::string result;
    for (const char* const kind : {"active", "passive", "watching", "waiting"}) {
        if (!result.empty()) result += ", ";
        result += std::to_string(leases.at(kind).get<unsigned>()) + " " + kind;
    }
    return result;
}

std::string shares_text(const json& shares)
{
    std::string result;
    for (const auto& directory : shares.at("directories"))
        result += (result.empty() ? "" : ", ") + printable(directory.get<std::string>());
    if (!result.empty()) result += " (" + text(shares, "transport") + ")";
    return result;
}

// Of the host.
std::string holds_text(const json& holds)
{
    const auto size = [&holds](const char* what) { return holds.at(what).get<std::uint64_t>(); };
    std::string result;
    if (size("memory") > 0) result += size_text(size("memory")) + " of memory, ";
    if (size("disk_limit") > 0)
        result += size_text(size("disk")) + " of disk, which may grow to " +
                  size_text(size("disk_limit"));
    if (size("saved") > 0) result += ", " + size_text(size("saved")) + " for what was in memory";
    return result;
}

// A line to paste where there is one.
std::string socket_text(const std::string& endpoint)
{
    if (endpoint.starts_with("fd://")) return "the socket that the service manager has opened";
    return "export DOCKER_HOST=" + endpoint;
}

// What to do next in a state that is none to be content with.
std::string advice(const std::string& state)
{
    if (state == "failed")
        return "see `gangway logs` and `gangway logs --serial`; `gangway up` tries again";
    if (state == "paused" || state == "saved") return "the next request wakes it";
    if (state == "stopped" || state == "absent")
        return "the first request of a docker client starts it, and so does `gangway up`";
    return {};
}

// Settings that the VM does not have yet. A daemon of an older version does not say.
std::string restart_text(const json& vm)
{
    std::string names;
    for (const auto& name : vm.value("restart_for", json::array()))
        names += (names.empty() ? "" : ", ") + printable(name.get<std::string>());
    return names.empty() ? names : names + "; `gangway restart` brings that into force";
}

void add_vm(lines& out, const json& vm, sys_seconds now)
{
    const auto state = text(vm, "state");
    out.add("vm", state + since_text(text(vm, "since"), now));
    if (const auto failure = text(vm, "failure"); !failure.empty()) out.add("failure", failure);
    if (const auto next = advice(state); !next.empty()) out.add("", next);
    if (const auto who = text(vm, "started_for"); !who.empty()) out.add("started for", who);
    if (const auto who = text(vm, "stopped_by"); !who.empty()) out.add("stopped by", who);
    if (const auto port = vm.at("engine_port").get<unsigned>(); port != 0)
        out.add("engine", "127.0.0.1:" + std::to_string(port) + ", TLS only");
    if (const auto pid = vm.at("process_id").get<int>(); pid != 0)
        out.add("process", std::to_string(pid));
    if (const auto sizes = holds_text(vm.at("holds")); !sizes.empty()) out.add("holds", sizes);
    if (const auto list = shares_text(vm.at("shares")); !list.empty()) out.add("shares", list);
    if (const auto names = restart_text(vm); !names.empty()) out.add("changed", names);
    out.add("requests", uses_text(vm.at("leases")));
    if (const auto times = timeline_text(vm.at("timeline")); !times.empty())
        out.add("last start", times);
    if (const auto file = text(vm, "serial_log"); !file.empty()) out.add("serial log", file);
}

}  // namespace

json parse_status(std::string_view status)
{
    auto object = json::parse(status, nullptr, false);
    if (!object.is_object()) throw unusable_status("it is no JSON object");
    return object;
}

failure unusable_status(const std::string& why)
{
    return failure(
        "the daemon's status cannot be understood (" + printable(why) +
        "); are gangway and gangwayd of the same version (`gangway version`)?"
    );
}

const json& vm_of(const json& status, const std::string& purpose)
{
    if (!status.contains("vm"))
        throw failure(
            "there is no VM" + purpose + ": the daemon serves the engine at " +
            text(status, "engine")
        );
    return status.at("vm");
}

std::string status_text(std::string_view status, sys_seconds now)
{
    const auto object = parse_status(status);
    try {
        lines out;
        if (object.contains("vm"))
            add_vm(out, object.at("vm"), now);
        else
            out.add("engine", text(object, "engine"));
        for (const auto& socket : object.at("docker_sockets"))
            out.add("docker", socket_text(socket.get<std::string>()));
        out.add("sessions", std::to_string(object.at("sessions").get<unsigned>()));
        out.add(
            "daemon",
            "gangwayd " + text(object, "version") + ", pid " +
                std::to_string(object.at("pid").get<int>()) + ", instance " +
                text(object, "instance")
        );
        out.add("files", text(object, "state_dir"));
        return out.take();
    } catch (const json::exception& error) {
        throw unusable_status(error.what());
    }
}

std::string serial_log(std::string_view status)
{
    const auto object = parse_status(status);
    try {
        return text(vm_of(object, " with a serial console"), "serial_log");
    } catch (const json::exception& error) {
        throw unusable_status(error.what());
    }
}

}  // namespace gangway
