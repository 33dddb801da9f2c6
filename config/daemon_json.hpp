// dockerd's own configuration file, daemon.json, as a setting: what it may hold. Pure.
#pragma once

#include "config/codecs.hpp"

#include <string>
#include <string_view>

namespace config {

// Complains about everything in `value` that dockerd would not start with, as far as the text alone
// tells, and about what Gangway itself decides. The directives are those of dockerd 20.10 to 28
// (moby, daemon/config and cmd/dockerd/config.go).
void check_daemon_json(const json& value, complaints& wrong);

// Whether a dockerd that runs takes over a new value of `directive` when it is asked to (SIGHUP;
// moby, daemon/reload.go). One that is no longer there keeps its last value until dockerd ends.
bool reloads(std::string_view directive);

}  // namespace config
