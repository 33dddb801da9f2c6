// gangwayd.exe between a small engine on TCP and two pipes of its own.
#pragma once

#include "tests/windows/support/program.hpp"
#include "tests/windows/support/small_engine.hpp"

#include <string>
#include <vector>

namespace windows_support {

class served_pipe {
public:
    served_pipe();

    // Pipe names, and as endpoints.
    std::string docker() const { return name_; }

    std::string docker_endpoint() const { return "npipe:////./pipe/" + docker(); }

    std::string control_endpoint() const { return docker_endpoint() + "-control"; }

    // The options that gangwayd was started with, for another start.
    const std::vector<std::string>& options() const { return options_; }

    const program& daemon() const { return daemon_; }

    outcome gangway(std::vector<std::string> words) const;

private:
    static std::vector<std::string> called(const std::vector<std::string>& options);

    scratch_directory here_;
    small_engine engine_;
    std::string name_;
    std::vector<std::string> options_;
    program daemon_;
};

// A name that no other test has.
std::string new_pipe_name();

}  // namespace windows_support
