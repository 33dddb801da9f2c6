// dockerd's own configuration file, daemon.json, as a setting: what it may hold. Pure.
#pragma once

#include "config/codecs.hpp"

#include <string>
#include <string_view>

namespace config {

// Complains about names in `value` that are no directives of dockerd, about values of a wrong kind,
// addresses and networks that are none, and what Gangway itself decides. The directives are those
// of dockerd 26.1 (moby, daemon/config and cmd/dockerd/config.go).
void check_daemon_json(const json& value, complaints& wrong);

// Whether a dockerd that runs takes over a new value of `directive` when it is asked to, so that
// all of it is in force then (SIGHUP; moby, daemon/reload.go). Of most that are not there any more,
// the last value stays until dockerd ends.
bool reloads(std::string_view directive);

}  // namespace config
