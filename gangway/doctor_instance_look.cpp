// Looks the facts up: files, the control API, and the engine where it is awake.
#include "gangway/control_client.hpp"
#include "gangway/daemon_start.hpp"
#include "gangway/doctor_boot2docker.hpp"
#include "gangway/doctor_certificates.hpp"
#include "gangway/doctor_image.hpp"
#include "gangway/doctor_instance.hpp"
#include "gangway/doctor_listener.hpp"
#include "gangway/service_command.hpp"
#include "gangway/status_text.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <nlohmann/json.hpp>

#include <variant>

namespace gangway {
namespace {

using nlohmann::json;

// A daemon answers at once; an engine that is awake does, too.
constexpr std::chrono::seconds patience{10};

std::chrono::sys_seconds now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// As QEMU takes it: a port that only lingers is free.
bool is_taken(std::uint16_t port)
{
    using boost::asio::ip::tcp;
    boost::asio::io_context context(1);
    tcp::acceptor acceptor(context);
    boost::system::error_code error;
    acceptor.open(tcp::v4(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind({boost::asio::ip::address_v4::loopback(), port}, error);
    if (!error) acceptor.listen(1, error);
    return error == boost::asio::error::address_in_use;
}

vm_facts facts_of(const json& vm)
{
    vm_facts facts;
    facts.state = vm.value("state", "");
    facts.failure = vm.value("failure", "");
    for (const auto& name : vm.value("restart_for", json::array()))
        if (name.is_string())
            facts.restart_for += (facts.restart_for.empty() ? "" : ", ") + name.get<std::string>();
    facts.engine_port = vm.value("engine_port", std::uint16_t{0});
    return facts;
}

// What the daemon that runs says, if there is one.
class daemon_visit {
public:
    explicit daemon_visit(const config::settings& settings)
    {
        const control_client daemon(settings.control.listen);
        facts_.log_place = service_log_place();
        facts_.own_version = GANGWAY_VERSION;
        try {
            report_.status = daemon.ask("/v1/status", patience).body;
            const auto status = parse_status(report_.status);
            facts_.runs = true;
            facts_.version = status.value("version", "");
            facts_.pid = status.value("pid", std::int64_t{0});
            if (status.contains("vm")) vm_ = facts_of(status.at("vm"));
            report_.log = daemon.ask("/v1/logs", patience).body;
        } catch (const daemon_not_running&) {
            const auto sentence =
                not_running_sentence(settings.control.listen, service_start_command());
            const auto middle = sentence.rfind("; ");
            facts_.why_not = sentence.substr(0, middle);
            if (middle != std::string::npos) facts_.how_to_start = sentence.substr(middle + 2);
            const auto socket = docker_socket(settings);
            facts_.starts_by_itself = socket && starts_what_it_serves(*socket);
        } catch (const failure& error) {
            facts_.obstacle = error.what();
        } catch (const json::exception& error) {
            facts_.obstacle = unusable_status(error.what()).what();
        }
        report_.daemon_version = facts_.version;
    }

    const daemon_facts& facts() const { return facts_; }

    instance_report& report() { return report_; }

    // Nothing: there is none, or it is not known.
    const std::optional<vm_facts>& vm() const { return vm_; }

private:
    daemon_facts facts_;
    instance_report report_;
    std::optional<vm_facts> vm_;
};

engine_facts ask_engine(const config::local_endpoint& socket)
{
    engine_facts facts;
    auto before = now();
    try {
        const control_client engine(socket);
        engine.ask("/_ping", patience);
        before = now();
        const auto answer = engine.ask("/version", patience);
        facts = read_version(answer.body);
        facts.clock = parse_http_date(answer.date);
    } catch (const failure& error) {
        facts.failure = error.what();
    }
    facts.asked = true;
    facts.before = before;
    facts.after = now();
    return facts;
}

// Only where that has nothing started or woken.
engine_facts look_at_engine(const config::settings& settings, const daemon_visit& daemon)
{
    engine_facts facts;
    const auto socket = docker_socket(settings);
    const auto& vm = daemon.vm();
    // What is not understood may be a VM that sleeps.
    if (!daemon.facts().runs || !daemon.facts().obstacle.empty())
        facts.why_not_asked = "gangwayd does not answer";
    else if (vm && vm->state == "failed")
        facts.why_not_asked = "the VM has failed";
    else if (vm && vm->state != "ready")
        facts.why_not_asked = "the VM is " + vm->state;
    else if (!socket)
        facts.why_not_asked = "the service manager opens the docker socket";
    else
        return ask_engine(*socket);
    return facts;
}

// Nothing: the service manager opens it.
std::optional<config::local_endpoint> local_part(const config::listen_endpoint& endpoint)
{
    if (const auto* const socket = std::get_if<config::unix_endpoint>(&endpoint)) return *socket;
    if (const auto* const pipe = std::get_if<config::pipe_endpoint>(&endpoint)) return *pipe;
    return std::nullopt;
}

void look_at_vm(const config::settings& settings, daemon_visit& daemon)
{
    auto& found = daemon.report().found;
    if (const auto& iso = settings.vm.boot2docker)
        found.push_back(judge_boot2docker(look_at_boot2docker(*iso, settings.state_dir)));
    else
        found.push_back(judge_image(look_at_image(settings.vm.image)));
    found.push_back(judge_certificates(look_at_own_certificates(settings.state_dir), true, now()));
    const auto& vm = daemon.vm();
    found.push_back(judge_port(
        {settings.vm.engine_port,
         settings.vm.engine_port != 0 && is_taken(settings.vm.engine_port),
         daemon.facts().runs,
         vm ? vm->engine_port : std::uint16_t{0}}
    ));
    if (vm) found.push_back(judge_vm(*vm));
}

}  // namespace

instance_report look_at_instance(const config::settings& settings)
{
    daemon_visit daemon(settings);
    auto& report = daemon.report();
    for (const auto& endpoint : settings.docker.listen)
        if (const auto local = local_part(endpoint))
            report.found.push_back(look_at_listener("docker socket", *local, daemon.facts()));
    report.found.push_back(
        look_at_listener("control socket", settings.control.listen, daemon.facts())
    );
    report.found.push_back(judge_daemon(daemon.facts()));
    if (!settings.remote_engine)
        look_at_vm(settings, daemon);
    else if (settings.remote_engine->tls_dir)
        report.found.push_back(judge_certificates(
            look_at_given_certificates(*settings.remote_engine->tls_dir), false, now()
        ));
    report.engine = look_at_engine(settings, daemon);
    report.found.push_back(judge_engine(report.engine));
    report.found.push_back(judge_clock(report.engine));
    return std::move(report);
}

}  // namespace gangway
