// The one place where what was asked for finds its function, and where a failure becomes a sentence
// and an exit status.
#include "gangway/commands.hpp"

#include "config/units.hpp"
#include "gangway/become.hpp"
#include "gangway/command_line.hpp"
#include "gangway/control_client.hpp"
#include "gangway/daemon_start.hpp"
#include "gangway/doctor.hpp"
#include "gangway/failure.hpp"
#include "gangway/image_request.hpp"
#include "gangway/keep_awake.hpp"
#include "gangway/logs.hpp"
#include "gangway/progress.hpp"
#include "gangway/set_up.hpp"
#include "gangway/ssh_command.hpp"
#include "gangway/ssh_greeting.hpp"
#include "gangway/status_text.hpp"
#include "gangway/terminal.hpp"
#include "gangway/vm_text.hpp"
#include "gangway/why_text.hpp"
#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>
#include <utility>

namespace gangway {
namespace {

// The daemon's version, or an exception that says why it is not to be had.
std::string daemon_version(const control_client& daemon)
{
    const auto answer = nlohmann::json::parse(daemon.get("/v1/version"), nullptr, false);
    if (!answer.is_object() || !answer.contains("version") || !answer["version"].is_string())
        throw failure("the daemon does not tell its version; is it gangwayd?");
    return printable(answer["version"].get<std::string>());
}

void show_version(const invocation& asked)
{
    if (asked.json) {
        const nlohmann::ordered_json versions = {
            {"gangway", GANGWAY_VERSION}, {"gangwayd", daemon_version(find_daemon(asked.where))}};
        std::cout << versions.dump(2) << '\n';
        return;
    }
    // Our own is of use even when there is no daemon.
    std::cout << "gangway " GANGWAY_VERSION << std::endl;
    const auto theirs = daemon_version(find_daemon(asked.where));
    std::cout << "gangwayd " << theirs << '\n';
}

std::chrono::sys_seconds now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

[[noreturn]] void go_in(const control_client& daemon, const invocation& asked)
{
    if (is_there(daemon.get("/v1/status"))) keep_awake(daemon);
    const auto status = daemon.get("/v1/status");
    const auto call = asked.what == verb::ssh ? ssh_command(status, asked.passed_on)
                                              : scp_command(status, asked.passed_on);
    await_ssh_greeting(call.port);
    become(call.command_line, "openssh-client");
}

void remove_vm(const control_client& daemon, const invocation& asked)
{
    if (!asked.yes) {
        // Whoever answers there need not be the one that was meant.
        const auto vm = "the VM " + vm_name(daemon.get("/v1/status"));
        const std::string kept =
            asked.keep_data ? ", but for its disk" : " with its images, containers and volumes";
        if (!confirmed("Delete " + vm + kept + "?"))
            throw failure("nothing was deleted; --yes means not to ask", exit_status::usage);
    }
    watch_progress(
        daemon, asked.keep_data ? "/v1/delete?keep_data=1" : "/v1/delete", "deleting", asked.quiet
    );
}

void take_image_in(const control_client& daemon, const invocation& asked)
{
    watch_progress(
        daemon, download_target(asked), "taking the image in", asked.quiet, "the image is here"
    );
}

// As the configuration writes it.
std::string disk_size(const invocation& asked)
{
    const auto size = config::parse_byte_size(asked.size);
    if (!size || *size < config::smallest_disk || *size > config::largest_disk)
        throw failure(
            "a disk's size is a whole number of MiB, GiB or TiB, such as 100GiB, from 1GiB to "
            "16TiB; not " +
                asked.size,
            exit_status::usage
        );
    return config::to_string(*size);
}

// What is printed of the daemon's answer.
std::string shown(const control_client& daemon, const invocation& asked)
{
    if (asked.what == verb::ports) {
        const auto ports = daemon.get("/v1/ports");
        return asked.json ? ports : ports_text(ports);
    }
    const auto status = daemon.get("/v1/status");
    switch (asked.what) {
        case verb::why:
            return asked.json ? why_json(status) : why_text(status, now());
        case verb::info:
            return info_json(status);
        case verb::ip:
            return ip_text(status);
        case verb::mounts:
            return asked.json ? mounts_json(status) : mounts_text(status);
        default:
            if (!asked.json) return status_text(status, now());
            return status + (status.ends_with('\n') ? "" : "\n");
    }
}

void carry_out(const invocation& asked)
{
    if (set_up(asked)) return;
    if (asked.what == verb::doctor) return examine(asked);
    if (asked.what == verb::version) return show_version(asked);
    if (asked.what == verb::cp) check_copy(asked.passed_on);
    const auto daemon = find_daemon(asked.where);
    const auto watch = [&](const std::string& target, const std::string& work) {
        watch_progress(daemon, target, work, asked.quiet);
    };
    switch (asked.what) {
        case verb::up:
            return watch("/v1/up", "starting");
        case verb::down:
            return watch("/v1/down", "stopping");
        case verb::restart:
            return watch("/v1/restart", "restarting");
        case verb::poweroff:
            return watch("/v1/poweroff", "cutting the power");
        case verb::reset:
            return watch("/v1/reset", "resetting");
        case verb::remove:
            return remove_vm(daemon, asked);
        case verb::grow_disk:
            return watch("/v1/disk/grow?size=" + disk_size(asked), "growing the disk");
        case verb::download:
            return take_image_in(daemon, asked);
        case verb::upgrade:
            if (asked.sha256 && !asked.image)
                throw failure("--sha256 is an archive's; name that, too", exit_status::usage);
            if (asked.image) take_image_in(daemon, asked);
            return watch("/v1/image/upgrade", "upgrading");
        case verb::sleep:
            return watch("/v1/sleep/" + asked.depth, "going to sleep");
        case verb::wake:
            return watch("/v1/up", "waking");
        case verb::ssh:
        case verb::cp:
            go_in(daemon, asked);
        case verb::logs:
            return asked.serial ? show_serial_log(daemon, asked.follow)
                                : show_log(daemon, asked.follow);
        default:
            std::cout << shown(daemon, asked);
    }
}

int complain(const std::string& sentence, exit_status status)
{
    std::cout.flush();
    std::cerr << "gangway: " << sentence << '\n';
    return static_cast<int>(status);
}

}  // namespace

int run(const std::vector<std::string>& words)
{
    try {
        const auto asked = parse_command_line(words);
        if (const auto* const text = std::get_if<answer>(&asked))
            std::cout << text->text;
        else
            carry_out(std::get<invocation>(asked));
        if (!std::cout.flush())
            return complain("the output cannot be written", exit_status::failure);
        return static_cast<int>(exit_status::success);
    } catch (const failure& failed) {
        return complain(failed.what(), failed.status());
    } catch (const config::config_error& wrong) {
        return complain(wrong.what(), exit_status::usage);
    } catch (const std::exception& unexpected) {
        return complain(unexpected.what(), exit_status::failure);
    }
}

}  // namespace gangway
