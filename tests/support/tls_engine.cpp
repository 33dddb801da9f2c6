// The TLS side of a played engine.
#include "tests/support/tls_engine.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace test_support {
namespace {

[[noreturn]] void complain(const std::string& what)
{
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    throw std::runtime_error(what + ": " + (reason != nullptr ? reason : "no reason given"));
}

// As crypto/tls does (handshake_server.go, negotiateALPN): the server's preference counts, and a
// client with nothing to choose from is refused, unless it offers HTTP/1.1 to a server of HTTP/2.
int choose(
    SSL* ssl,
    const unsigned char** out,
    unsigned char* out_size,
    const unsigned char* in,
    unsigned int in_size,
    void* known
)
{
    auto* offered = static_cast<std::vector<std::string>*>(SSL_get_app_data(ssl));
    for (unsigned int at = 0; at < in_size; at += 1U + in[at]) {
        offered->emplace_back(reinterpret_cast<const char*>(in + at + 1), in[at]);
    }
    const auto& protocols = *static_cast<const std::vector<std::string>*>(known);
    if (protocols.empty()) return SSL_TLSEXT_ERR_NOACK;
    for (const auto& protocol : protocols) {
        if (std::find(offered->begin(), offered->end(), protocol) == offered->end()) continue;
        *out = reinterpret_cast<const unsigned char*>(protocol.data());
        *out_size = static_cast<unsigned char>(protocol.size());
        return SSL_TLSEXT_ERR_OK;
    }
    const auto has = [](const std::vector<std::string>& names, const char* name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    const bool falls_back = has(protocols, "h2") && has(*offered, "http/1.1");
    return falls_back ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

tls_connection::tls_connection(unique_fd socket, SSL_CTX* context)
    : socket_(std::move(socket)),
      offered_(std::make_unique<std::vector<std::string>>()),
      ssl_(SSL_new(context)),
      incoming_(BIO_new(BIO_s_mem())),
      outgoing_(BIO_new(BIO_s_mem()))
{
    SSL_set_bio(ssl_, incoming_, outgoing_);
    SSL_set_app_data(ssl_, offered_.get());
    SSL_set_accept_state(ssl_);
}

tls_connection::~tls_connection()
{
    SSL_free(ssl_);
}

void tls_connection::handshake()
{
    for (;;) {
        ERR_clear_error();
        const int result = SSL_do_handshake(ssl_);
        const int error = SSL_get_error(ssl_, result);
        flush();
        if (result == 1) return;
        if (error != SSL_ERROR_WANT_READ) {
            ::shutdown(socket_.get(), SHUT_WR);
            complain("the TLS handshake fails");
        }
        if (!take_records(patience)) throw std::runtime_error("the TLS handshake does not end");
        if (transport_ended_ || transport_reset_) complain("the client left the TLS handshake");
    }
}

void tls_connection::finish_sending()
{
    if ((SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN) == 0) SSL_shutdown(ssl_);
    flush();
}

void tls_connection::close()
{
    finish_sending();
    socket_.reset();
}

void tls_connection::reset()
{
    reset_at_close(socket_);
    socket_.reset();
}

void tls_connection::cut()
{
    socket_.reset();
}

void tls_connection::cut_within(std::string_view bytes)
{
    std::size_t written = 0;
    SSL_write_ex(ssl_, bytes.data(), bytes.size(), &written);
    std::string record(BIO_ctrl_pending(outgoing_), '\0');
    BIO_read(outgoing_, record.data(), static_cast<int>(record.size()));
    const auto part = record.size() - 1;
    if (::send(socket_.get(), record.data(), part, MSG_NOSIGNAL) != static_cast<ssize_t>(part)) {
        throw std::runtime_error("a part of a record cannot be sent");
    }
    socket_.reset();
}

void tls_connection::update_keys()
{
    if (SSL_key_update(ssl_, SSL_KEY_UPDATE_REQUESTED) != 1 || SSL_do_handshake(ssl_) != 1) {
        complain("no key update");
    }
    flush();
}

void tls_connection::send_ticket()
{
    if (SSL_new_session_ticket(ssl_) != 1 || SSL_do_handshake(ssl_) != 1) complain("no ticket");
    flush();
}

std::string tls_connection::chosen() const
{
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

bool tls_connection::heard_close_notify() const
{
    return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0;
}

bool tls_connection::is_transport_open() const
{
    std::array<char, 1> byte{};
    const auto count = ::recv(socket_.get(), byte.data(), 1, MSG_PEEK | MSG_DONTWAIT);
    return count > 0 || (count < 0 && errno == EAGAIN);
}

bool tls_connection::write(std::string_view bytes, std::chrono::milliseconds limit)
{
    while (!bytes.empty()) {
        ERR_clear_error();
        std::size_t count = 0;
        if (SSL_write_ex(ssl_, bytes.data(), bytes.size(), &count) != 1) complain("no TLS write");
        bytes.remove_prefix(count);
        if (!flush(limit)) return false;
    }
    return true;
}

// False: the other side is gone.
bool tls_connection::flush(std::chrono::milliseconds limit)
{
    std::string records(BIO_ctrl_pending(outgoing_), '\0');
    if (!records.empty()) {
        BIO_read(outgoing_, records.data(), static_cast<int>(records.size()));
    }
    std::string_view rest = records;
    while (!rest.empty()) {
        const auto count =
            ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(count));
            continue;
        }
        if (errno != EAGAIN) return false;
        const auto wanted = transport_ended_ ? POLLOUT : POLLOUT | POLLIN;
        pollfd ready{socket_.get(), static_cast<short>(wanted), 0};
        if (::poll(&ready, 1, static_cast<int>(limit.count())) == 0) {
            throw std::runtime_error("the other side takes no more bytes");
        }
        if ((ready.revents & POLLIN) != 0) take_records(std::chrono::milliseconds(0));
    }
    return true;
}

// Moves what the socket has into OpenSSL. False: nothing came.
bool tls_connection::take_records(std::chrono::milliseconds limit)
{
    pollfd readable{socket_.get(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(limit.count())) <= 0) return false;
    std::array<char, 65536> buffer;
    const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return false;
    if (count > 0) BIO_write(incoming_, buffer.data(), static_cast<int>(count));
    transport_ended_ = count == 0;
    transport_reset_ = count < 0;
    return true;
}

bool tls_connection::receive_some(std::chrono::milliseconds limit)
{
    for (;;) {
        if (ended_) return true;
        ERR_clear_error();
        std::array<char, 16384> buffer;
        std::size_t count = 0;
        const int result = SSL_read_ex(ssl_, buffer.data(), buffer.size(), &count);
        const int error = SSL_get_error(ssl_, result);
        flush();
        if (result == 1) {
            received_.append(buffer.data(), count);
            return true;
        }
        if (error != SSL_ERROR_ZERO_RETURN && error != SSL_ERROR_WANT_READ) {
            complain("no TLS read");
        }
        reset_ = transport_reset_;
        ended_ = error == SSL_ERROR_ZERO_RETURN || transport_ended_ || transport_reset_;
        if (!ended_ && !take_records(limit)) return false;
    }
}

tls_engine::tls_engine(const std::filesystem::path& files, tls_engine_options options)
    : options_(std::move(options)), context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free)
{
    SSL_CTX_set_max_proto_version(
        context_.get(), options_.tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION
    );
    // Without a name OpenSSL fails where a client resumes a session; Go's server knows no such
    // thing.
    static constexpr unsigned char name[] = "engine";
    SSL_CTX_set_session_id_context(context_.get(), name, sizeof name);
    const auto ca = files / "ca.pem";
    const auto certificate = files / "cert.pem";
    const auto key = files / "key.pem";
    if (SSL_CTX_load_verify_file(context_.get(), ca.c_str()) != 1 ||
        SSL_CTX_use_certificate_chain_file(context_.get(), certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
        complain(files.string());
    }
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_alpn_select_cb(context_.get(), choose, &options_.protocols);
}

std::unique_ptr<tls_connection> tls_engine::accept(std::chrono::milliseconds limit)
{
    std::unique_ptr<tls_connection> connection(
        new tls_connection(listener_.accept_socket(limit), context_.get())
    );
    try {
        connection->handshake();
    } catch (...) {
        // Closed now, bytes that were not read would make a reset of it and spoil the alert.
        refused_.push_back(std::move(connection));
        throw;
    }
    return connection;
}

}  // namespace test_support
