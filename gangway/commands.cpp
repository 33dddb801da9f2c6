// One function a command, and the one place where a failure becomes a sentence and an exit status.
#include "gangway/commands.hpp"

#include "gangway/become.hpp"
#include "gangway/command_line.hpp"
#include "gangway/control_client.hpp"
#include "gangway/daemon_start.hpp"
#include "gangway/failure.hpp"
#include "gangway/keep_awake.hpp"
#include "gangway/logs.hpp"
#include "gangway/progress.hpp"
#include "gangway/ssh_command.hpp"
#include "gangway/ssh_greeting.hpp"
#include "gangway/status_text.hpp"
#include "gangway/why_text.hpp"
#include "gangway/wording.hpp"

#include <nlohmann/json.hpp>

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

void show_version(const config::overrides& where)
{
    // Our own is of use even when there is no daemon.
    std::cout << "gangway " GANGWAY_VERSION << std::endl;
    const auto theirs = daemon_version(find_daemon(where));
    std::cout << "gangwayd " << theirs << '\n';
}

std::chrono::sys_seconds now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void show_status(const control_client& daemon, bool json)
{
    const auto status = daemon.get("/v1/status");
    if (json)
        std::cout << status << (status.ends_with('\n') ? "" : "\n");
    else
        std::cout << status_text(status, now());
}

[[noreturn]] void log_in(const control_client& daemon, const std::vector<std::string>& arguments)
{
    if (is_there(daemon.get("/v1/status"))) keep_awake(daemon);
    const auto call = ssh_command(daemon.get("/v1/status"), arguments);
    await_ssh_greeting(call.port);
    become(call.command_line, "openssh-client");
}

void carry_out(const invocation& asked)
{
    if (asked.what == verb::version) return show_version(asked.where);
    const auto daemon = find_daemon(asked.where);
    switch (asked.what) {
        case verb::up:
            return watch_progress(daemon, "/v1/up", "starting");
        case verb::down:
            return watch_progress(daemon, "/v1/down", "stopping");
        case verb::restart:
            return watch_progress(daemon, "/v1/restart", "restarting");
        case verb::sleep:
            return watch_progress(daemon, "/v1/sleep/" + asked.depth, "going to sleep");
        case verb::wake:
            return watch_progress(daemon, "/v1/up", "waking");
        case verb::why:
            std::cout << why_text(daemon.get("/v1/status"), now());
            return;
        case verb::status:
            return show_status(daemon, asked.json);
        case verb::ssh:
            log_in(daemon, asked.ssh_arguments);
        case verb::logs:
            return asked.serial ? show_serial_log(daemon, asked.follow)
                                : show_log(daemon, asked.follow);
        case verb::version:
            break;  // above
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
