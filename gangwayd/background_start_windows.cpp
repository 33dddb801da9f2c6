// The service, and the start at login: both run this very program with the options of now.
#include "config/windows_words.hpp"
#include "gangwayd/background_start.hpp"
#include "gangwayd/background_words.hpp"
#include "gangwayd/event_log_windows.hpp"
#include "gangwayd/log_sinks_windows.hpp"
#include "gangwayd/login_start_windows.hpp"
#include "gangwayd/machine_directory_windows.hpp"
#include "gangwayd/windows_service.hpp"
#include "gangwayd/windows_text.hpp"

#include <spdlog/spdlog.h>
#include <windows.h>

#include <cstdio>
#include <stdexcept>

namespace {

// Starts gangwayd without a window of its own (windows/gangwayd-login.cpp).
constexpr const char* starter = "gangwayd-login.exe";

std::filesystem::path this_program()
{
    std::wstring path(32768, L'\0');
    path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
    return path;
}

void say(const std::string& sentence)
{
    std::fputs((sentence + "\n").c_str(), stdout);
}

std::string command_line(const background_request& request, const config::overrides& flags)
{
    auto program = this_program();
    if (request.by == background_request::way::login) program.replace_filename(starter);
    if (!std::filesystem::exists(program))
        throw std::runtime_error(
            program.string() + " is missing, which belongs beside gangwayd.exe"
        );
    return config::windows_command_line(
        background_words(program, request.by, flags, std::filesystem::current_path())
    );
}

void install(const background_request& request, const config::overrides& flags)
{
    // What is wrong shows now, rather than in the log of a service that does not start.
    config::load(flags);
    const auto name = background_name(flags);
    const auto line = command_line(request, flags);
    if (request.by == background_request::way::login) {
        install_login_start(name, line);
        return say(name + " starts at your next login, as: " + line);
    }
    secure_machine_directory();
    install_service(name, line);
    install_event_source(name, this_program().string());
    say("the service " + name + " is installed, as: " + line +
        "\nIt starts with the machine; to "
        "start it now: sc.exe start " +
        name);
}

void remove(const background_request& request, const config::overrides& flags)
{
    const auto name = background_name(flags);
    if (request.by == background_request::way::login)
        return say(
            remove_login_start(name) ? name + " starts at login no more"
                                     : name + " was not started at login"
        );
    const bool was_there = remove_service(name);
    remove_event_source(name);
    say(was_there ? "the service " + name + " is removed" : "there was no service " + name);
}

int run_without_terminal(
    const background_request& request, const config::overrides& flags, const daemon_program& run
)
{
    const auto name = background_name(flags);
    const bool service = request.by == background_request::way::service;
    bool has_log = false;
    const daemon_voice voice{
        [&](const config::settings& settings) {
            log_to_file(settings.state_dir / "log" / "gangwayd.log");
            if (service) log_to_events(name);
            has_log = true;
        },
        [&](const std::string& sentence) {
            if (has_log)
                spdlog::error(sentence);
            else
                report_event(name, event_kind::error, sentence);
        },
    };
    if (!service) return run(voice);
    return run_as_service(name, [&] { return run(voice); });
}

}  // namespace

std::string background_help_group()
{
    return "Started by Windows";
}

int start_in_background(
    const background_request& request, const config::overrides& flags, const daemon_program& run
)
{
    switch (request.what) {
        case background_request::step::install:
            install(request, flags);
            return 0;
        case background_request::step::remove:
            remove(request, flags);
            return 0;
        case background_request::step::run:
            return run_without_terminal(request, flags, run);
    }
    return 1;
}
