// By execvp(3), on Linux and macOS.
#include "gangway/become.hpp"
#include "gangway/failure.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gangway {

void become(const std::vector<std::string>& command, const std::string& package)
{
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    // execvp does not change what it is given; only its type says otherwise.
    for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments.front(), arguments.data());
    if (errno == ENOENT)
        throw failure(
            "the program " + command.front() +
            " was not found; install it (on Debian the package " + package + ")"
        );
    throw failure(command.front() + " cannot be run: " + std::generic_category().message(errno));
}

}  // namespace gangway
