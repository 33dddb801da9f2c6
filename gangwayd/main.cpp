// gangwayd: arguments in, exit status out. 0: stopped on request; 1: cannot run; 2: the command
// line or the configuration is wrong.
#include "config/load.hpp"
#include "config/print.hpp"
#include "gangwayd/background_start.hpp"
#include "gangwayd/command_line.hpp"
#include "gangwayd/daemon.hpp"
#include "gangwayd/process_limits.hpp"
#include "vmctl/hypervisor.hpp"

#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <variant>

namespace {

int say(std::FILE* where, const std::string& text, int status)
{
    std::fputs(text.c_str(), where);
    return status;
}

using complaint = std::function<void(const std::string&)>;

// What `run` returns, or what it fails with as a sentence and a status.
int explained(const std::function<int()>& run, const complaint& complain)
{
    try {
        return run();
    } catch (const config::config_error& error) {
        complain(error.what());
        return 2;
    } catch (const vmctl::hypervisor_error& error) {
        // Of settings that no hypervisor here can meet, before the daemon serves anybody.
        complain(std::string("gangwayd: ") + error.what());
        return 2;
    } catch (const std::exception& error) {
        complain(std::string("gangwayd: ") + error.what());
        return 1;
    }
}

int serve(const config::overrides& flags, const daemon_voice& voice)
{
    const auto run = [&] {
        const auto configuration = config::load(flags);
        voice.choose_log(configuration.values);
        prepare_process();
        return run_daemon(configuration, flags);
    };
    return explained(run, voice.complain);
}

int start(const arguments& given, const complaint& complain)
{
    const auto& flags = given.overrides;
    if (given.print_config) return say(stdout, config::print(config::load(flags)), 0);
    if (given.background)
        return start_in_background(*given.background, flags, [&flags](const daemon_voice& voice) {
            return serve(flags, voice);
        });
    return serve(flags, {[](const config::settings&) {}, complain});
}

}  // namespace

int main(int argc, char** argv)
{
    const complaint complain = [](const std::string& sentence) {
        std::fputs((sentence + "\n").c_str(), stderr);
    };
    const auto run = [&] {
        const auto parsed = parse_command_line(argc, argv);
        if (const auto* early = std::get_if<early_exit>(&parsed))
            return say(early->status == 0 ? stdout : stderr, early->text, early->status);
        return start(std::get<arguments>(parsed), complain);
    };
    return explained(run, complain);
}
