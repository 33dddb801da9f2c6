// What the configuration says of the engine, as the guest is given it, and what a guest that runs
// lacks of it.
#pragma once

#include "config/settings.hpp"
#include "vmctl/storage_error.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

// The contents of three files on the data disk.
struct guest_settings {
    std::string daemon_json = "{}";  // of dockerd, a line; "{}": the guest's own counts
    std::string environment;         // of dockerd, lines NAME=VALUE
    std::string authorities;         // PEM certificates that are trusted, too
    bool operator==(const guest_settings&) const = default;
};

// Blocking: reads the certificates. A file in a directory that holds none, or cannot be
// read, is left out, with a warning in the log. Throws storage_error when what was named cannot be
// used.
guest_settings guest_settings_of(const config::engine_settings& settings);

// A proxy on this machine's loopback, as the guest sees it; any other as it is.
std::string seen_from_guest(std::string_view proxy);

// What a guest with other settings needs to have the wanted ones. Pure.
struct settings_gap {
    std::vector<std::string> taken_over;   // settings that its engine takes over as it runs
    std::string daemon_json;               // what the guest has with those alone
    std::vector<std::string> restart_for;  // settings for which the VM has to be restarted
};

settings_gap gap_between(const guest_settings& has, const guest_settings& wanted);

// With which settings the guest was started, or what its engine has taken over since: kept in the
// state directory. Nothing is known of one that an older Gangway has started: the defaults.
std::filesystem::path settings_record_in(const std::filesystem::path& state_dir);  // engine.json
guest_settings recorded_settings(const std::filesystem::path& state_dir);
void record_settings(const std::filesystem::path& state_dir, const guest_settings& settings);

}  // namespace vmctl
