// What `gangway doctor` asks about the daemon, its sockets, its VM and the engine. The judges are
// pure. Nothing here starts a daemon, wakes a VM or waits for one.
#pragma once

#include "config/settings.hpp"
#include "gangway/doctor_finding.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gangway {

// Whether somebody listens on the unix socket `path`, by the text of /proc/net/unix (Linux). To
// connect would have a service manager start the daemon.
bool is_listened_on(std::string_view proc_net_unix, const std::filesystem::path& path);

struct socket_facts {
    std::string check;  // "docker socket"
    std::filesystem::path path;
    bool exists = false;
    bool is_socket = false;
    bool usable = false;  // this user may connect
    bool mine = false;
    unsigned mode = 0;
    std::optional<bool> listened_on;  // nothing: this system does not tell
    bool daemon_runs = false;
};

finding judge_socket(const socket_facts& facts);

struct daemon_facts {
    bool runs = false;
    std::string obstacle;   // why it does not answer, though somebody listens
    std::string log_place;  // where that may be told
    std::string why_not;    // it does not run
    std::string how_to_start;
    bool starts_by_itself = false;  // a service manager listens for it
    std::string version;
    std::string own_version;  // this command's
    std::int64_t pid = 0;
};

finding judge_daemon(const daemon_facts& facts);

// Of the daemon's status (docs/control-api.md).
struct vm_facts {
    std::string state;
    std::string failure;
    std::string restart_for;        // names of settings
    std::uint16_t engine_port = 0;  // 0: the engine is not there
};

finding judge_vm(const vm_facts& facts);

struct port_facts {
    std::uint16_t wanted = 0;  // vm.engine_port
    bool taken = false;
    bool daemon_runs = false;
    std::uint16_t of_vm = 0;  // where the engine is now, by the daemon; 0: nowhere
};

finding judge_port(const port_facts& facts);

// An answer to GET /version, or why there is none.
struct engine_facts {
    bool asked = false;
    std::string why_not_asked;
    std::string failure;  // it was asked and did not answer
    std::string version;
    std::string api;
    std::string least_api;
    std::optional<std::chrono::sys_seconds> clock;  // its Date field
    std::chrono::sys_seconds before;                // by our clock
    std::chrono::sys_seconds after;
};

// From the body of that answer. Throws failure when it is no engine's.
engine_facts read_version(std::string_view body);

// "Sat, 28 Nov 2026 12:00:00 GMT" (RFC 9110, section 5.6.7). Nothing: it is none.
std::optional<std::chrono::sys_seconds> parse_http_date(const std::string& written);

finding judge_engine(const engine_facts& facts);

// Of the machine that the engine runs on.
finding judge_clock(const engine_facts& facts);

// What there is of the instance, for the findings and for the bundle.
struct instance_report {
    findings found;
    engine_facts engine;
    std::string status;          // the daemon's JSON; empty: not to be had
    std::string log;             // its last lines
    std::string daemon_version;  // empty: not known
};

instance_report look_at_instance(const config::settings& settings);

}  // namespace gangway
