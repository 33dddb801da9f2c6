// One connection as the synthetic engine sees it, plain or TLS.
#pragma once

#include "bench/sockets.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

typedef struct ssl_ctx_st SSL_CTX;  // NOLINT(modernize-use-using): OpenSSL's own spelling

namespace bench {

class channel {
public:
    channel() = default;
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    channel(channel&&) = delete;
    channel& operator=(channel&&) = delete;
    virtual ~channel() = default;

    virtual std::size_t read(char* into, std::size_t size) = 0;  // 0: the end
    virtual void write(std::string_view bytes) = 0;
};

// Mutual TLS with the files that dockerd would be given: ca.pem, cert.pem, key.pem.
class tls_server {
public:
    explicit tls_server(const std::string& directory);

    std::unique_ptr<channel> handshake(unique_fd socket) const;

private:
    std::shared_ptr<SSL_CTX> context_;
};

}  // namespace bench
