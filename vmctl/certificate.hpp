// Issuing and judging X.509 certificates as PEM text. Pure but for the random numbers; the only
// file pair that knows OpenSSL's types.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace vmctl {

using certificate_clock = std::chrono::system_clock;

// A certificate and its private key, both PEM.
struct credential {
    std::string certificate;
    std::string key;
};

// What a leaf certificate proves.
enum class leaf_role { engine, client };

// A new authority: EC P-256, self-signed, may issue leaves only (pathlen 0).
credential issue_authority(certificate_clock::time_point now);

// A new leaf: EC P-256, for TLS on its side of the connection only. The engine's carries the DNS
// name `engine_name` (pki.hpp) and nothing else.
credential issue_leaf(
    const credential& authority, leaf_role role, certificate_clock::time_point now
);

// Whether `pem` begins with a certificate, whoever issued it and whenever it is valid.
bool is_certificate(const std::string& pem);

// Why a credential must be issued again, as the end of a sentence that begins with its name:
// "is missing or damaged", "does not fit its key", "expires on 2027-03-01". Nothing: it is good,
// and more than a third of its life is left.
std::optional<std::string> flaw_of_authority(
    const credential& authority, certificate_clock::time_point now
);
std::optional<std::string> flaw_of_leaf(
    const credential& leaf,
    const std::string& authority_certificate,
    leaf_role role,
    certificate_clock::time_point now
);

}  // namespace vmctl
