// The synthetic engine's TLS side: OpenSSL on a blocking socket.
#include "bench/engine_channel.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

class tls_channel final : public channel {
public:
    tls_channel(SSL_CTX* context, unique_fd socket)
        : socket_(std::move(socket)), ssl_(SSL_new(context), SSL_free)
    {
        SSL_set_fd(ssl_.get(), socket_.get());
        if (SSL_accept(ssl_.get()) != 1) throw std::runtime_error("a TLS handshake failed");
    }

    tls_channel(const tls_channel&) = delete;
    tls_channel& operator=(const tls_channel&) = delete;
    tls_channel(tls_channel&&) = delete;
    tls_channel& operator=(tls_channel&&) = delete;

    // As Go's: a connection never ends without close_notify. Harmless when it was sent already.
    ~tls_channel() override
    {
        if ((SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) == 0) SSL_shutdown(ssl_.get());
    }

    std::size_t read(char* into, std::size_t size) override
    {
        std::size_t count = 0;
        if (SSL_read_ex(ssl_.get(), into, size, &count) == 1) return count;
        return 0;
    }

    void write(std::string_view bytes) override
    {
        std::size_t count = 0;
        if (!bytes.empty() && SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count) != 1) {
            throw std::runtime_error("the TLS connection broke");
        }
    }

    void finish() override { SSL_shutdown(ssl_.get()); }

    int descriptor() const override { return socket_.get(); }

private:
    unique_fd socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace

tls_server::tls_server(const std::string& directory)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free)
{
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    // Without one OpenSSL refuses the resumption that some clients ask for.
    static constexpr unsigned char name[] = "bench";
    SSL_CTX_set_session_id_context(context_.get(), name, sizeof name);
    const bool loaded =
        SSL_CTX_load_verify_file(context_.get(), (directory + "/ca.pem").c_str()) == 1 &&
        SSL_CTX_use_certificate_chain_file(context_.get(), (directory + "/cert.pem").c_str()) ==
            1 &&
        SSL_CTX_use_PrivateKey_file(
            context_.get(), (directory + "/key.pem").c_str(), SSL_FILETYPE_PEM
        ) == 1;
    if (!loaded) throw std::runtime_error("cannot load ca.pem, cert.pem, key.pem of " + directory);
}

std::unique_ptr<channel> tls_server::handshake(unique_fd socket) const
{
    return std::make_unique<tls_channel>(context_.get(), std::move(socket));
}

}  // namespace bench
