// An engine behind mutual TLS, played by the test with full control of what is TLS about it:
// close_notify or none, key updates, tickets, ALPN. OpenSSL between memory BIOs, so that not a
// record leaves unasked.
#pragma once

#include "tests/support/conversation.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/unique_fd.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

typedef struct ssl_st SSL;          // NOLINT(modernize-use-using): OpenSSL's own spelling
typedef struct ssl_ctx_st SSL_CTX;  // NOLINT(modernize-use-using)
typedef struct bio_st BIO;          // NOLINT(modernize-use-using)

namespace test_support {

struct tls_engine_options {
    bool tls_1_2 = false;
    // What the engine knows, best first; as Go's server it refuses a client that offers none of
    // them. Empty: it has never heard of ALPN.
    std::vector<std::string> protocols = {};
};

// A connection from its handshake on.
class tls_connection final : public conversation {
public:
    ~tls_connection() override;

    // close_notify. TCP stays open, as dockerd leaves it.
    void finish_sending() override;

    // close_notify, then the end of TCP.
    void close() override;

    void reset() override;

    // The end of TCP without close_notify. What was sent before arrives.
    void cut();

    // The end of TCP in the middle of a record that holds `bytes`.
    void cut_within(std::string_view bytes);

    // Asks the client to change its key, too. Goes out at once.
    void update_keys();

    void send_ticket();

    // What the client has offered by ALPN, and what was chosen.
    const std::vector<std::string>& offered() const { return *offered_; }

    std::string chosen() const;

    // The client has ended its direction by close_notify.
    bool heard_close_notify() const;

    // The client has not closed its TCP connection.
    bool is_transport_open() const;

protected:
    bool write(std::string_view bytes, std::chrono::milliseconds limit) override;
    bool receive_some(std::chrono::milliseconds limit) override;

private:
    friend class tls_engine;

    tls_connection(unique_fd socket, SSL_CTX* context);

    void handshake();
    bool flush(std::chrono::milliseconds limit = patience);
    bool take_records(std::chrono::milliseconds limit);

    unique_fd socket_;
    std::unique_ptr<std::vector<std::string>> offered_;
    SSL* ssl_;
    BIO* incoming_;  // owned by ssl_
    BIO* outgoing_;  // owned by ssl_
    bool transport_ended_ = false;
    bool transport_reset_ = false;
};

class tls_engine {
public:
    // `files` holds ca.pem, cert.pem and key.pem.
    explicit tls_engine(const std::filesystem::path& files, tls_engine_options options = {});

    std::uint16_t port() const { return listener_.port(); }

    bool has_pending() const { return listener_.has_pending(); }

    // Throws with OpenSSL's reason when the handshake fails; the client has then been sent the
    // alert.
    std::unique_ptr<tls_connection> accept(std::chrono::milliseconds limit = patience);

private:
    raw_listener listener_;
    tls_engine_options options_;
    std::shared_ptr<SSL_CTX> context_;
    std::vector<std::unique_ptr<tls_connection>> refused_;
};

}  // namespace test_support
