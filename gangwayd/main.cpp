// gangwayd: arguments in, exit status out. 0: stopped on request; 1: cannot run; 2: the command
// line or the configuration is wrong.
#include "config/load.hpp"
#include "config/print.hpp"
#include "gangwayd/command_line.hpp"
#include "gangwayd/daemon.hpp"
#include "gangwayd/process_limits.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <variant>

namespace {

int say(std::FILE* where, const std::string& text, int status)
{
    std::fputs(text.c_str(), where);
    return status;
}

int start(const arguments& given)
{
    const auto configuration = config::load(given.overrides);
    if (given.print_config) return say(stdout, config::print(configuration), 0);
    prepare_process();
    return run_daemon(configuration, given.overrides);
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        const auto parsed = parse_command_line(argc, argv);
        if (const auto* early = std::get_if<early_exit>(&parsed)) {
            return say(early->status == 0 ? stdout : stderr, early->text, early->status);
        }
        return start(std::get<arguments>(parsed));
    } catch (const config::config_error& error) {
        return say(stderr, std::string(error.what()) + "\n", 2);
    } catch (const std::exception& error) {
        return say(stderr, std::string("gangwayd: ") + error.what() + "\n", 1);
    }
}
