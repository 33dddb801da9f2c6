// The certificates between Gangway and the engine in the guest. Gangway is the authority (CA); the
// engine's certificate carries a fixed name and never an address, so no address can make it wrong.
#pragma once

#include "config/settings.hpp"
#include "vmctl/storage_error.hpp"

#include <chrono>
#include <filesystem>
#include <string>

namespace vmctl {

// The DNS name in the engine's certificate, and the only name Gangway accepts there.
inline constexpr const char* engine_name = "gangway-engine";

// Every certificate is valid from this long before it was made: a guest that was saved for a while
// has a clock that lags until it is set.
inline constexpr std::chrono::hours backdated_by{24};
inline constexpr std::chrono::hours authority_lifetime{24 * 3652};
inline constexpr std::chrono::hours leaf_lifetime{24 * 730};

// The files in a PKI directory, all PEM. Keys have mode 0600, certificates 0644, the directory
// 0700.
struct pki_files {
    std::filesystem::path ca;
    std::filesystem::path ca_key;
    std::filesystem::path server;
    std::filesystem::path server_key;
    std::filesystem::path client;
    std::filesystem::path client_key;
};

pki_files pki_files_in(const std::filesystem::path& directory);

enum class pki_scope {
    // The guest is off: whatever needs it is issued again.
    everything,
    // The guest runs or is saved and cannot be given new files: the client's certificate alone is
    // renewed, by the authority that the guest knows.
    client_only,
};

struct pki_change {
    bool authority = false;
    bool server = false;
    bool client = false;
    std::string
        why;  // "no certificates yet", "server.pem expires on 2026-11-25", …; empty: no change

    // The guest has to be given its files again before it boots.
    bool guest() const { return authority || server; }
};

// Makes sure that `directory` holds a complete set that fits together and is valid at `now`: what
// is missing, damaged, of another authority, or has less than a third of its life left is issued
// again. A new authority issues everything anew. Blocking; throws storage_error and leaves whole
// files.
pki_change ensure_pki(
    const std::filesystem::path& directory,
    std::chrono::system_clock::time_point now,
    pki_scope scope = pki_scope::everything
);

// What the proxy dials the engine with.
config::tls_files client_identity(const std::filesystem::path& directory);

}  // namespace vmctl
