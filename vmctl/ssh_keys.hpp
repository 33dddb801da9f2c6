// The ed25519 keys for ssh into the guest: ours, and the guest's own, which is made here too so
// that its identity is known before the first connection.
#pragma once

#include "vmctl/storage_error.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace vmctl {

struct ssh_files {
    std::filesystem::path key;          // id_ed25519, for `ssh -i`; beside it id_ed25519.pub
    std::filesystem::path host_key;     // ssh_host_ed25519_key; beside it its .pub
    std::filesystem::path known_hosts;  // for `ssh -o UserKnownHostsFile=…`
    std::string host_key_alias;         // for `ssh -o HostKeyAlias=…`: "gangway-INSTANCE"

    std::filesystem::path public_key() const { return key.string() + ".pub"; }

    std::filesystem::path public_host_key() const { return host_key.string() + ".pub"; }
};

ssh_files ssh_files_in(const std::filesystem::path& directory, std::string_view instance);

// Makes the keys that are missing or damaged and pins the guest's in known_hosts. True: something
// that the guest holds has changed. Blocking; throws storage_error.
bool ensure_ssh_keys(const std::filesystem::path& directory, std::string_view instance);

}  // namespace vmctl
