// CLI11 does the parsing; what the values mean is config/'s business.
#include "gangwayd/command_line.hpp"

#include "gangwayd/version.hpp"

#include <CLI/CLI.hpp>

namespace {

void add_background(
    CLI::App& app, arguments& result, const char* name, background_request::way by, const char* text
)
{
    using step = background_request::step;
    const auto take = [&result, by](const std::string& word) {
        const auto what = word == "install"  ? step::install
                          : word == "remove" ? step::remove
                                             : step::run;
        result.background = background_request{by, what};
    };
    app.add_option_function<std::string>(name, take, text)
        ->option_text("install | remove | run")
        ->check(CLI::IsMember({"install", "remove", "run"}))
        ->group(background_help_group());
}

}  // namespace

std::variant<arguments, early_exit> parse_command_line(int count, const char* const* values)
{
    arguments result;
    auto& flags = result.overrides;
    bool version = false;

    CLI::App app(
        "Serves the Docker API on a local socket, from an engine in a VM that is started when "
        "needed."
    );
    app.name("gangwayd");
    // What begins with a slash is a path on Windows, too.
    app.allow_windows_style_options(false);
    app.add_option("--config", flags.config_file, "Configuration file")->option_text("FILE");
    app.add_option("--listen", flags.listen, "Where clients connect; may be given more than once")
        ->option_text("unix:///PATH | fd:// | npipe:////./pipe/NAME")
        ->allow_extra_args(false);
    app.add_option(
           "--engine", flags.engine, "Serve this engine; \"vm\" (the default) runs one in a VM"
    )
        ->option_text("vm | tcp://HOST:PORT | ssh://[USER@]HOST | unix:///PATH");
    app.add_option("--tls-dir", flags.tls_dir, "ca.pem, cert.pem and key.pem for the engine's TLS")
        ->option_text("DIR");
    app.add_option("--control", flags.control, "Socket for the gangway command")
        ->option_text("unix:///PATH | npipe:////./pipe/NAME");
    app.add_option("--log-level", flags.log_level, "error, warning, info or debug")
        ->option_text("LEVEL");
    app.add_option("--instance", flags.instance, "Which VM, by name")->option_text("NAME");
    app.add_flag(
        "--print-config",
        result.print_config,
        "Print the effective settings and where each came from"
    );
    app.add_flag("--version", version, "Print the version");
    add_background(
        app,
        result,
        "--service",
        background_request::way::service,
        "Have Windows start it with the machine, with the other options given here"
    );
    add_background(
        app,
        result,
        "--login",
        background_request::way::login,
        "Have Windows start it when you log in, with the other options given here"
    );
    app.footer("Settings are described in gangway.json(5), the daemon in gangwayd(8).");

    try {
        app.parse(count, values);
    } catch (const CLI::CallForHelp&) {
        return early_exit{app.help(), 0};
    } catch (const CLI::ParseError& error) {
        return early_exit{std::string("gangwayd: ") + error.what() + "\nTry gangwayd --help.\n", 2};
    }
    if (version) return early_exit{std::string("gangwayd ") + gangway_version + "\n", 0};
    return result;
}
