// The daemon as a service of Windows: what the Service Control Manager is told of it, and how it
// runs under it. For the files of Windows alone.
#pragma once

#include <functional>
#include <string>

// Makes the service `name`, which starts `command_line` with the machine, a while after the others,
// and again when it has failed; or changes one that is there. Needs an administrator. Throws
// std::system_error.
void install_service(const std::string& name, const std::string& command_line);

// Stops it, waits for that, and removes it. False: there is none. Throws std::system_error.
bool remove_service(const std::string& name);

// What the manager has started calls this, once: has `run` do the daemon's work until the manager
// stops it, and returns its exit status. Throws std::runtime_error when the manager has not started
// this process.
int run_as_service(const std::string& name, const std::function<int()>& run);

// Of a daemon that runs as a service; else nothing happens.
void tell_service_manager_ready();
void tell_service_manager_stopping();
