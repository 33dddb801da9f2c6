// Sessions to resume (RFC 8446 section 2.2): a further connection to the same engine exchanges and
// verifies no certificates, which takes a small part of the time. An engine that does not know the
// session any more, or does not want to, makes a full handshake of it.
#pragma once

#include <map>
#include <memory>
#include <string>

typedef struct ssl_ctx_st SSL_CTX;          // NOLINT(modernize-use-using): OpenSSL's own spelling
typedef struct ssl_session_st SSL_SESSION;  // NOLINT(modernize-use-using)
typedef struct ssl_st SSL;                  // NOLINT(modernize-use-using)

namespace proxy {

// The newest session of each server that a context has connected to. Lives on the loop's thread.
class tls_sessions {
public:
    // `context` must not be used after this object's end.
    explicit tls_sessions(SSL_CTX* context);
    tls_sessions(const tls_sessions&) = delete;
    tls_sessions& operator=(const tls_sessions&) = delete;
    tls_sessions(tls_sessions&&) = delete;
    tls_sessions& operator=(tls_sessions&&) = delete;
    ~tls_sessions();

    // Those of a context that this constructor was given.
    static tls_sessions& of(const SSL_CTX* context);

    bool knows(const std::string& server) const { return newest_.contains(server); }

    // For a connection that has not begun: resumes, if there is something to, and remembers what
    // the engine gives. `server` is the name its certificate must carry, and outlives `ssl`.
    void use(SSL* ssl, const std::string& server);

    // The connection has failed: the next one begins anew.
    void forget(const std::string& server);

private:
    struct release {
        void operator()(SSL_SESSION* session) const;
    };

    static int remember(SSL* ssl, SSL_SESSION* session) noexcept;

    std::map<std::string, std::unique_ptr<SSL_SESSION, release>> newest_;
};

}  // namespace proxy
