// The lines that point a shell, and whatever it starts, at the docker socket. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gangway {

enum class shell_kind { posix, fish, csh, powershell, cmd };

// By the name of its program, or the path to that, as in $SHELL. Nothing: none that we know.
std::optional<shell_kind> shell_named(std::string_view program);

// `text` as one word of a POSIX shell, whatever it holds.
std::string quoted_by_posix(std::string_view text);

// What the shell has to read. `docker_host` is the endpoint; without one, what was set before is
// unset. `command` is what has been called, for a comment that says how to read it.
std::string shell_env(
    shell_kind shell,
    const std::optional<std::string>& docker_host,
    const std::vector<std::string>& command
);

}  // namespace gangway
