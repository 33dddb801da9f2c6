// The connection to a VM's serial console, which its hypervisor offers to one client at a time: a
// unix socket, or on Windows a named pipe. One source file a platform. Blocking.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace vmctl {

// Where an instance has it: serial.sock in its state directory, or on Windows a pipe that is named
// after that directory, since pipes are in none.
std::filesystem::path serial_socket_in(const std::filesystem::path& state_dir);

// Throws storage_error when nothing can be there: a unix socket's path has to be short.
void check_console_place(const std::filesystem::path& place);

// The others throw console_silent (console_shell.hpp) for a console that is not there or has
// another client, and hypervisor_error for one that goes away.
class console_line {
public:
    virtual ~console_line() = default;

    // Waits until something has come or was sent, `patience` at most. Sends as much of `to_send` as
    // goes, and takes that away from it. Gives what has come.
    virtual std::string exchange(std::string& to_send, std::chrono::milliseconds patience) = 0;
};

std::unique_ptr<console_line> connect_to_console(const std::filesystem::path& place);

}  // namespace vmctl
