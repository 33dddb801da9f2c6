// The certificates of a TLS client, loaded.
#include "proxy/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <filesystem>

namespace proxy {
namespace {

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
    tls_context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context) throw std::bad_alloc();
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    // Idle connections give their record buffers back; a desktop keeps dozens of them open.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
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
