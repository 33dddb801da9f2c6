// The judges.
#include "gangway/doctor_instance.hpp"

#include "gangway/doctor_advice.hpp"
#include "gangway/failure.hpp"
#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>

namespace gangway {
namespace {

using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using nlohmann::json;

// Of struct sockaddr_un, on Linux.
constexpr std::size_t longest_path = 107;

// Beyond it, logs mislead; beyond the other one, certificates and registries refuse.
constexpr std::chrono::seconds notable = 5s;
constexpr std::chrono::seconds harmful = 5min;

std::string octal(unsigned mode)
{
    char text[16];
    std::snprintf(text, sizeof text, "%04o", mode);
    return text;
}

std::string text_of(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

bool is_listened_on(std::string_view proc_net_unix, const std::filesystem::path& path)
{
    constexpr std::string_view listening = "00010000";  // __SO_ACCEPTCON, include/linux/net.h
    std::istringstream lines{std::string(proc_net_unix)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string number, references, protocol, flags, type, state, inode, name;
        fields >> number >> references >> protocol >> flags >> type >> state >> inode;
        std::getline(fields >> std::ws, name);
        if (flags == listening && name == path.string()) return true;
    }
    return false;
}

finding judge_socket(const socket_facts& facts)
{
    const auto name = facts.path.string();
    const auto judged = [&](verdict what, const std::string& found, const std::string& advice) {
        return finding{facts.check, what, found, advice};
    };
    const auto setting = facts.check == "docker socket" ? "docker.listen" : "control.listen";
    if (name.size() > longest_path)
        return judged(
            verdict::wrong,
            "the path has " + std::to_string(name.size()) + " bytes, and a socket's at most " +
                std::to_string(longest_path) + ": " + name,
            std::string("choose a shorter one: ") + setting
        );
    if (!facts.exists && facts.daemon_runs)
        return judged(
            verdict::wrong,
            name + " is missing, though gangwayd runs: somebody has removed it",
            "restart gangwayd, which makes it"
        );
    if (!facts.exists)
        return judged(verdict::ok, name + " is not there yet: gangwayd makes it", {});
    if (!facts.is_socket)
        return judged(
            verdict::wrong,
            name + " is no socket",
            "remove it, or choose another path: " + std::string(setting)
        );
    if (!facts.usable)
        return judged(
            verdict::wrong,
            name + " is not for this user (mode " + octal(facts.mode) + ")",
            facts.check == "docker socket"
                ? "use it as its owner, or have docker.group name a group of yours"
                : "ask as its owner"
        );
    if (facts.listened_on == false && facts.daemon_runs)
        return judged(
            verdict::wrong,
            "nobody listens on " + name + ", though gangwayd runs",
            "restart gangwayd, which makes it anew"
        );
    if (facts.listened_on == false)
        return judged(
            verdict::warning,
            name + " was left by a daemon that has ended: nobody listens",
            "start gangwayd, which replaces it"
        );
    if ((facts.mode & 07U) != 0)
        return judged(
            verdict::warning,
            "everybody on this machine may use " + name + " (mode " + octal(facts.mode) + ")",
            "chmod o= " + name
        );
    return judged(
        verdict::ok,
        name + ", mode " + octal(facts.mode) + (facts.mine ? ", yours" : ", another user's"),
        {}
    );
}

finding judge_daemon(const daemon_facts& facts)
{
    if (!facts.obstacle.empty())
        return {"daemon", verdict::wrong, facts.obstacle, "see its log: " + facts.log_place};
    if (!facts.runs && facts.starts_by_itself)
        return {"daemon", verdict::ok, "does not run; the first request starts it", {}};
    if (!facts.runs) return {"daemon", verdict::wrong, facts.why_not, facts.how_to_start};
    const auto found = "gangwayd " + facts.version + ", pid " + std::to_string(facts.pid);
    if (facts.version != facts.own_version)
        return {
            "daemon",
            verdict::warning,
            found + "; this is gangway " + facts.own_version,
            "restart gangwayd, so that both are of one version"};
    return {"daemon", verdict::ok, found, {}};
}

finding judge_vm(const vm_facts& facts)
{
    if (facts.state == "failed")
        return {
            "vm",
            verdict::wrong,
            facts.failure.empty() ? "it has failed" : facts.failure,
            "see `gangway logs` and `gangway logs --serial`; `gangway up` tries again"};
    if (!facts.restart_for.empty())
        return {
            "vm",
            verdict::warning,
            facts.state + "; it does not have these settings yet: " + facts.restart_for,
            "gangway restart"};
    return {"vm", verdict::ok, facts.state, {}};
}

finding judge_port(const port_facts& facts)
{
    const auto number = std::to_string(facts.wanted);
    if (facts.wanted == 0)
        return {"engine port", verdict::ok, "a free one is chosen at each start", {}};
    if (facts.of_vm == facts.wanted)
        return {"engine port", verdict::ok, number + " leads to the engine", {}};
    if (!facts.taken) return {"engine port", verdict::ok, number + " is free", {}};
    const std::string advice = "free it (`" + command_to_show_owner(facts.wanted) +
                               "` shows whose it is), or change "
                               "vm.engine_port; 0 takes any free one";
    if (!facts.daemon_runs)
        return {
            "engine port",
            verdict::warning,
            number + " is taken, which is as it should be if the VM has gone on without its daemon",
            advice};
    return {"engine port", verdict::wrong, number + " is taken by another program", advice};
}

engine_facts read_version(std::string_view body)
{
    const auto answer = json::parse(body, nullptr, false);
    engine_facts facts;
    if (answer.is_object()) {
        facts.version = text_of(answer, "Version");
        facts.api = text_of(answer, "ApiVersion");
        facts.least_api = text_of(answer, "MinAPIVersion");
    }
    if (facts.api.empty()) throw failure("what answers there is no Docker engine");
    return facts;
}

std::optional<std::chrono::sys_seconds> parse_http_date(const std::string& written)
{
    constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char name[4] = {};
    unsigned day = 0;
    int year = 0, hour = 0, minute = 0, second = 0, end = 0;
    const int found = std::sscanf(
        written.c_str(),
        "%*3[A-Za-z], %2u %3[A-Za-z] %4d %2d:%2d:%2d GMT%n",
        &day,
        name,
        &year,
        &hour,
        &minute,
        &second,
        &end
    );
    const auto* const month = std::ranges::find(months, std::string_view(name));
    if (found != 6 || end == 0 || month == months.end()) return std::nullopt;
    const auto date = std::chrono::year(year) /
                      std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1) /
                      std::chrono::day(day);
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

finding judge_engine(const engine_facts& facts)
{
    if (!facts.asked) return {"engine", verdict::ok, "was not asked: " + facts.why_not_asked, {}};
    if (!facts.failure.empty())
        return {
            "engine",
            verdict::wrong,
            facts.failure,
            "see `gangway logs`; with a VM, `gangway restart`"};
    return {"engine", verdict::ok, "Docker " + facts.version + " answers", {}};
}

finding judge_clock(const engine_facts& facts)
{
    if (!facts.clock)
        return {
            "clock",
            verdict::ok,
            "not compared: " +
                (facts.asked ? "the engine does not tell the time" : facts.why_not_asked),
            {}};
    // It answered at some time in between, and writes whole seconds.
    auto apart = 0s;
    if (*facts.clock < facts.before) apart = facts.before - *facts.clock;
    if (*facts.clock > facts.after) apart = *facts.clock - facts.after;
    if (apart < notable) return {"clock", verdict::ok, "the engine's is as this machine's", {}};
    return {
        "clock",
        apart < harmful ? verdict::warning : verdict::wrong,
        "the engine's is " + age_text(apart) +
            (*facts.clock < facts.before ? " behind" : " ahead of") + " this machine's",
        "if this machine's is right (`" + command_to_show_clock() +
            "`), `gangway restart` sets the VM's"};
}

}  // namespace gangway
