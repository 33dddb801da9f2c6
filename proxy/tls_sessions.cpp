// Client-side session resumption.
#include "proxy/tls_sessions.hpp"

#include <openssl/ssl.h>

namespace proxy {

void tls_sessions::release::operator()(SSL_SESSION* session) const
{
    SSL_SESSION_free(session);
}

tls_sessions::tls_sessions(SSL_CTX* context)
{
    SSL_CTX_set_app_data(context, this);
    SSL_CTX_set_session_cache_mode(
        context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE
    );
    SSL_CTX_sess_set_new_cb(context, &tls_sessions::remember);
}

tls_sessions::~tls_sessions() = default;

tls_sessions& tls_sessions::of(const SSL_CTX* context)
{
    return *static_cast<tls_sessions*>(SSL_CTX_get_app_data(context));
}

void tls_sessions::use(SSL* ssl, const std::string& server)
{
    SSL_set_app_data(ssl, const_cast<std::string*>(&server));
    const auto known = newest_.find(server);
    // It takes a share of its own. When it cannot be used the handshake is a full one.
    if (known != newest_.end()) SSL_set_session(ssl, known->second.get());
}

void tls_sessions::forget(const std::string& server)
{
    newest_.erase(server);
}

// With TLS 1.3 it comes after the handshake, while the stream is read. 1: it is ours now.
int tls_sessions::remember(SSL* ssl, SSL_SESSION* session) noexcept
{
    const auto& server = *static_cast<const std::string*>(SSL_get_app_data(ssl));
    try {
        of(SSL_get_SSL_CTX(ssl)).newest_[server].reset(session);
        return 1;
    } catch (...) {
        return 0;  // without memory it is not remembered
    }
}

}  // namespace proxy
