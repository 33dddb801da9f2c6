// What `gangway doctor` says of a named pipe of Windows. Pure.
#pragma once

#include "gangway/doctor_finding.hpp"

#include <cstdint>
#include <string>

namespace gangway {

struct pipe_facts {
    std::string check;  // "docker socket"
    std::string name;   // "npipe:////./pipe/docker_engine"
    bool exists = false;
    std::string why_not;       // it cannot be opened; the system's words
    std::int64_t server = 0;   // the process that serves it; 0: not known
    std::string program;       // what that runs; empty: not known
    bool daemon_runs = false;  // gangwayd, by its control pipe
    std::int64_t daemon = 0;   // its process; 0: not known
};

finding judge_pipe(const pipe_facts& facts);

}  // namespace gangway
