// Puts the groups of checks together. A configuration that is wrong is a finding like others.
#include "gangway/doctor.hpp"

#include "config/defaults.hpp"
#include "config/load.hpp"
#include "config/print.hpp"
#include "gangway/daemon_start.hpp"
#include "gangway/doctor_bundle.hpp"
#include "gangway/doctor_client.hpp"
#include "gangway/doctor_host.hpp"
#include "gangway/doctor_instance.hpp"
#include "gangway/doctor_text.hpp"
#include "gangway/failure.hpp"
#include "gangway/new_file.hpp"
#include "gangway/operating_system.hpp"
#include "gangway/program_output.hpp"
#include "gangway/terminal.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace gangway {
namespace {

struct examination {
    config::loaded configuration;
    findings all;
    instance_report instance;
};

void append(findings& all, const findings& more)
{
    all.insert(all.end(), more.begin(), more.end());
}

// The settings to go on with where the file is wrong are those of no file.
config::loaded examine_configuration(const config::overrides& where, findings& all)
{
    const std::string check = "configuration";
    try {
        auto found = config::load(where);
        const std::filesystem::path file = where.config_file.value_or(
            config::default_config_file(config::read_environment()).string()
        );
        std::error_code unknown;
        const bool used = std::filesystem::exists(file, unknown);
        all.push_back({check, verdict::ok, used ? file.string() : "no file: the defaults count", {}}
        );
        return found;
    } catch (const config::config_error& error) {
        auto found = config::load(config::read_environment(), std::nullopt, where);
        all.push_back(
            {check,
             verdict::wrong,
             error.what(),
             "correct that; what follows is what was found with the defaults"}
        );
        return found;
    }
}

examination examine_all(const config::overrides& where)
{
    examination done;
    done.configuration = examine_configuration(where, done.all);
    const auto& settings = done.configuration.values;
    const bool has_vm = !settings.remote_engine;
    if (has_vm) append(done.all, host_findings(settings));
    done.instance = look_at_instance(settings);
    append(done.all, done.instance.found);
    const auto& engine = done.instance.engine;
    append(
        done.all,
        client_findings(
            docker_socket(settings),
            {engine.api,
             engine.least_api,
             engine.failure.empty() ? engine.why_not_asked : "it does not answer"},
            has_vm,
            settings.engine.daemon_json
        )
    );
    return done;
}

std::string version_line(const std::string& program, const std::vector<std::string>& arguments)
{
    const auto path = find_program(program);
    if (!path) return program + ": not found\n";
    const auto printed = program_output(*path, arguments).value_or("");
    const auto line = printed.substr(0, printed.find('\n'));
    return program + ": " + (line.empty() ? "does not tell" : line) + "\n";
}

std::string versions(const instance_report& instance)
{
    const auto known = [](const std::string& text) { return text.empty() ? "not known" : text; };
    return std::string("gangway: " GANGWAY_VERSION "\n") +
           "gangwayd: " + known(instance.daemon_version) + "\n" +
           "engine: " + known(instance.engine.version) + "\n" + "system: " + operating_system() +
           "\n" + version_line("qemu-system-x86_64", {"--version"}) +
           version_line("libvirtd", {"--version"}) + version_line("virtqemud", {"--version"}) +
           version_line("docker", {"--version"});
}

// A member a line, so that what is taken out of one takes no others along.
std::string in_lines(const std::string& object)
{
    const auto parsed = nlohmann::ordered_json::parse(object, nullptr, false);
    if (parsed.is_discarded()) return object;
    return parsed.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void write_bundle(const examination& done, const std::string& file)
{
    const auto& settings = done.configuration.values;
    std::vector<archive_member> members{
        {"doctor.txt", findings_text(done.all, false)},
        {"config.txt", config::print(done.configuration)},
        {"versions.txt", versions(done.instance)},
        {"status.json", in_lines(done.instance.status)},
        {"daemon.log", done.instance.log},
        {"serial.log", last_part(settings.state_dir / "serial.log")},
    };
    std::erase_if(members, [](const archive_member& member) { return member.text.empty(); });
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto home = config::read_environment().home.string();
    write_new_file(file, ustar(without_secrets(std::move(members), home), now));
}

}  // namespace

void examine(const invocation& asked)
{
    const auto done = examine_all(asked.where);
    std::cout << (asked.json ? findings_json(done.all)
                             : findings_text(done.all, standard_output_appearance().colour))
              << std::flush;
    if (asked.bundle) {
        write_bundle(done, *asked.bundle);
        if (!asked.json)
            std::cout << *asked.bundle
                      << " has that, the settings and the logs, without what looks like a secret; "
                         "read it before you give it away.\n";
    }
    if (const auto wrong = count(done.all, verdict::wrong); wrong > 0)
        throw failure(
            std::to_string(wrong) + (wrong == 1 ? " check" : " checks") +
            " found something wrong; what to do is below each"
        );
}

}  // namespace gangway
