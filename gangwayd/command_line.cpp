// CLI11 does the parsing; what the values mean is config/'s business.
#include "gangwayd/command_line.hpp"

#include "gangwayd/version.hpp"

#include <CLI/CLI.hpp>

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
    app.add_option("--config", flags.config_file, "Configuration file")->option_text("FILE");
    app.add_option("--listen", flags.listen, "Where clients connect; may be given more than once")
        ->option_text("unix:///PATH | fd://")
        ->allow_extra_args(false);
    app.add_option(
           "--engine", flags.engine, "Serve this engine; \"vm\" (the default) runs one in a VM"
    )
        ->option_text("vm | tcp://HOST:PORT | ssh://[USER@]HOST | unix:///PATH");
    app.add_option("--tls-dir", flags.tls_dir, "ca.pem, cert.pem and key.pem for the engine's TLS")
        ->option_text("DIR");
    app.add_option("--control", flags.control, "Socket for the gangway command")
        ->option_text("unix:///PATH");
    app.add_option("--log-level", flags.log_level, "error, warning, info or debug")
        ->option_text("LEVEL");
    app.add_option("--instance", flags.instance, "Which VM, by name")->option_text("NAME");
    app.add_flag(
        "--print-config",
        result.print_config,
        "Print the effective settings and where each came from"
    );
    app.add_flag("--version", version, "Print the version");
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
