// Certificates for mutual TLS, made with the openssl program: an implementation that shares
// nothing with Gangway's own, so that the two cannot be wrong in the same way.
#pragma once

#include <filesystem>

namespace test_support {

// Each directory holds ca.pem, cert.pem and key.pem, as Docker and `--tls-dir` expect them.
struct test_pki {
    std::filesystem::path engine;    // for localhost and 127.0.0.1
    std::filesystem::path client;    // trusted by the engine
    std::filesystem::path stranger;  // trusts the engine, but comes from another authority
    std::filesystem::path distrust;  // trusted by the engine, but trusts another authority
};

// Where make_test_pki() puts things.
test_pki test_pki_in(const std::filesystem::path& directory);

test_pki make_test_pki(const std::filesystem::path& directory);

}  // namespace test_support
