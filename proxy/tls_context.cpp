// The certificates of a TLS client, loaded.
#include "proxy/tls_context.hpp"

#include "proxy/tls_sessions.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstddef>
#include <filesystem>
#include <new>
#include <string>

namespace proxy {
namespace {

// In this order: the sessions go first.
struct shared_state {
    explicit shared_state(SSL_CTX* made) : context(made, SSL_CTX_free), sessions(made) {}

    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context;
    tls_sessions sessions;
};

tls_context make_context()
{
    SSL_CTX* made = SSL_CTX_new(TLS_client_method());
    if (made == nullptr) throw std::bad_alloc();
    auto state = std::make_shared<shared_state>(made);
    return {state, made};
}

[[noreturn]] void refuse(const std::filesystem::path& file, const char* what)
{
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    throw tls_error(
        std::string(what) + " " + file.string() +
        " cannot be used: " + (reason != nullptr ? reason : "it is not valid PEM")
    );
}

}  // namespace

tls_context load_tls_context(const config::tls_files& files)
{
    ERR_clear_error();
    auto context = make_context();
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    // Idle connections give their record buffers back; a desktop keeps dozens of them open.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    // One read of the socket takes several records, rather than two reads for each.
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_default_read_buffer_len(context.get(), std::size_t{64} * 1024);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_file(context.get(), files.ca.c_str()) != 1) {
        refuse(files.ca, "the CA certificate");
    }
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
        refuse(files.certificate, "the client certificate");
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        refuse(files.key, "the client key");
    }
    if (SSL_CTX_check_private_key(context.get()) != 1) {
        refuse(files.key, "the client key does not belong to the certificate:");
    }
    return context;
}

}  // namespace proxy
