// What there is of the VM for a person or a script to read: itself, its shares, its ports. Pure:
// from the daemon's answers (docs/control-api.md). All throw failure when those cannot be
// understood, or when there is no VM.
#pragma once

#include <string>
#include <string_view>

namespace gangway {

// boot2docker's `info`: one JSON object, by its keys.
std::string info_json(std::string_view status);

// By which libvirt knows it: "gangway-default".
std::string vm_name(std::string_view status);

// The shares, a line each, or their array as JSON.
std::string mounts_text(std::string_view status);
std::string mounts_json(std::string_view status);

// Published ports, a line each. `ports` is the daemon's array.
std::string ports_text(std::string_view ports);

// What the VM's life has been, as JSON: the object `sleep` of the status.
std::string why_json(std::string_view status);

// The address where the VM is reached, and what it publishes.
std::string ip_text(std::string_view status);

}  // namespace gangway
