// Asks the terminal driver; on Linux and macOS.
#include "gangway/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace gangway {
namespace {

constexpr std::size_t usual_columns = 80;

std::string_view variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value ? value : "";
}

}  // namespace

appearance standard_output_appearance()
{
    const auto kind = variable("TERM");
    // A dumb terminal cannot go back to the start of a line and clear it.
    if (::isatty(STDOUT_FILENO) != 1 || kind.empty() || kind == "dumb") return {};
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return {known ? size.ws_col : usual_columns, variable("NO_COLOR").empty()};
}

bool confirmed(const std::string& question)
{
    if (::isatty(STDIN_FILENO) != 1) return false;
    std::cerr << question << " [y/N] ";
    std::string line;
    std::getline(std::cin, line);
    return line == "y" || line == "Y" || line == "yes";
}

std::string usual_shell()
{
    return "sh";
}

}  // namespace gangway
