// Runs commands in the shell on a guest's serial console (console_line.hpp). Blocking.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>

namespace vmctl {

// No shell has answered, and nothing was run.
class console_silent : public hypervisor_error {
    using hypervisor_error::hypervisor_error;
};

// What is being done, for "could not …".
inline constexpr const char* console_doing = "run a command on the VM's console";

[[noreturn]] void refuse_console(const std::string& why);
[[noreturn]] void console_is_silent(const std::string& why);

struct console_patience {
    std::chrono::milliseconds to_answer;  // of a shell, to the first question
    std::chrono::milliseconds to_end;     // of the command, and all of it
};

// What the command comes to, in the shell in which `where` succeeds. Throws console_silent when
// there is none, as while somebody else has the console. Throws hypervisor_error when the command
// did not end in time, and `called_off` when that is requested: it gets a ^C then.
guest_result run_on_console(
    const std::filesystem::path& console,
    const std::string& command,
    const std::string& where,
    console_patience patience,
    const std::stop_token& call_off
);

}  // namespace vmctl
