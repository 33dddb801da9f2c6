// The certificates of a TLS client, loaded. Their files are read by us: OpenSSL takes a name in
// Windows' narrow encoding, which cannot spell every one.
#include "proxy/tls_context.hpp"

#include "proxy/tls_sessions.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <system_error>

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

[[noreturn]] void refuse(
    const std::filesystem::path& file, const char* what, const std::string& reason
)
{
    throw tls_error(std::string(what) + " " + file.string() + " cannot be used: " + reason);
}

[[noreturn]] void refuse(const std::filesystem::path& file, const char* what)
{
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    refuse(file, what, reason != nullptr ? reason : "it is not valid PEM");
}

using certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// The PEM blocks of a file, one after the other.
class pem_file {
public:
    pem_file(const std::filesystem::path& file, const char* what)
        : content_(read(file, what)),
          source_(BIO_new_mem_buf(content_.data(), static_cast<int>(content_.size())), BIO_free)
    {
        if (!source_) throw std::bad_alloc();
    }

    // Null: there is no more.
    certificate next_certificate()
    {
        return {PEM_read_bio_X509_AUX(source_.get(), nullptr, nullptr, nullptr), X509_free};
    }

    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key()
    {
        return {PEM_read_bio_PrivateKey(source_.get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
    }

private:
    static std::string read(const std::filesystem::path& file, const char* what)
    {
        errno = 0;
        std::ifstream stream(file, std::ios::binary);
        std::string content{std::istreambuf_iterator<char>(stream), {}};
        if (!stream) {
            const int error = errno != 0 ? errno : EIO;
            refuse(file, what, std::generic_category().message(error));
        }
        return content;
    }

    std::string content_;
    std::unique_ptr<BIO, decltype(&BIO_free)> source_;
};

// What ends a file that has no further block is one of OpenSSL's errors as well.
bool at_end()
{
    const auto last = ERR_peek_last_error();
    const bool end =
        ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
    if (end) ERR_clear_error();
    return end;
}

void load_authority(SSL_CTX* context, const std::filesystem::path& file)
{
    constexpr const char* what = "the CA certificate";
    pem_file blocks(file, what);
    int count = 0;
    for (auto each = blocks.next_certificate(); each; each = blocks.next_certificate()) {
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), each.get()) != 1)
            refuse(file, what);
        ++count;
    }
    if (count == 0 || !at_end()) refuse(file, what);
}

// The first is ours, and those behind it lead to an authority.
void load_certificate(SSL_CTX* context, const std::filesystem::path& file)
{
    constexpr const char* what = "the client certificate";
    pem_file blocks(file, what);
    const auto ours = blocks.next_certificate();
    if (!ours || SSL_CTX_use_certificate(context, ours.get()) != 1) refuse(file, what);
    for (auto each = blocks.next_certificate(); each; each = blocks.next_certificate())
        if (SSL_CTX_add1_chain_cert(context, each.get()) != 1) refuse(file, what);
    if (!at_end()) refuse(file, what);
}

void load_key(SSL_CTX* context, const std::filesystem::path& file)
{
    constexpr const char* what = "the client key";
    const auto key = pem_file(file, what).key();
    if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) refuse(file, what);
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
    load_authority(context.get(), files.ca);
    load_certificate(context.get(), files.certificate);
    load_key(context.get(), files.key);
    if (SSL_CTX_check_private_key(context.get()) != 1) {
        refuse(files.key, "the client key does not belong to the certificate:");
    }
    return context;
}

}  // namespace proxy
