// Ends what a scenario has started, down to the daemons that libvirt starts by itself and that are
// nobody's children: everything whose command line or environment names the scenario's directory.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

namespace e2e {

// Processes of ours that were started with a path under `directory`.
std::vector<pid_t> processes_of(const std::filesystem::path& directory);

// QEMU processes that have a disk under `directory`.
std::vector<pid_t> virtual_machines_of(const std::filesystem::path& directory);

// SIGKILL for all processes_of(directory), until there are none.
void end_processes_of(const std::filesystem::path& directory);

// Starts a process that waits for the end of this one, however it comes, then ends the processes
// of `directory` and removes it. A test that is killed leaves no VM behind.
void clean_up_after_us(const std::filesystem::path& directory);

}  // namespace e2e
