// What the TLS connections to an engine share: our certificate, the CA, and sessions to resume.
#pragma once

#include "config/settings.hpp"

#include <memory>
#include <stdexcept>

typedef struct ssl_ctx_st SSL_CTX;  // NOLINT(modernize-use-using): OpenSSL's own spelling

namespace proxy {

// TLS cannot be had: a file that does not load, a certificate that one side refuses, an alert.
// what() is a sentence.
class tls_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

using tls_context = std::shared_ptr<SSL_CTX>;

// Loads our certificate and key and the CA that the engine's certificate must be signed by.
// TLS 1.2 or newer. Has tls_sessions. Throws tls_error that names the file.
tls_context load_tls_context(const config::tls_files& files);

}  // namespace proxy
