// Asks the console. A terminal that is a pair of pipes (mintty's, of Git Bash) is none for us.
#include "gangway/terminal.hpp"

#include <windows.h>

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace gangway {
namespace {

std::string_view variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value ? value : "";
}

// Escape sequences are understood only where they were asked for.
bool switch_sequences_on(HANDLE console)
{
    DWORD mode = 0;
    if (::GetConsoleMode(console, &mode) == 0) return false;
    if ((mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0) return true;
    return ::SetConsoleMode(
               console, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING
           ) != 0;
}

}  // namespace

appearance standard_output_appearance()
{
    auto* const console = ::GetStdHandle(STD_OUTPUT_HANDLE);
    CONSOLE_SCREEN_BUFFER_INFO screen{};
    if (variable("TERM") == "dumb" || !switch_sequences_on(console) ||
        ::GetConsoleScreenBufferInfo(console, &screen) == 0)
        return {};
    const auto columns = screen.srWindow.Right - screen.srWindow.Left + 1;
    return {static_cast<std::size_t>(columns), variable("NO_COLOR").empty()};
}

bool confirmed(const std::string& question)
{
    DWORD mode = 0;
    if (::GetConsoleMode(::GetStdHandle(STD_INPUT_HANDLE), &mode) == 0) return false;
    std::cerr << question << " [y/N] ";
    std::string line;
    std::getline(std::cin, line);
    return line == "y" || line == "Y" || line == "yes";
}

std::string usual_shell()
{
    return "powershell";
}

}  // namespace gangway
