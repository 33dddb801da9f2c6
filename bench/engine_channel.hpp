// One connection as a synthetic engine sees it, plain or TLS.
#pragma once

#include "bench/sockets.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
    virtual void finish() = 0;  // our direction has ended
    virtual int descriptor() const = 0;
};

class plain_channel final : public channel {
public:
    explicit plain_channel(unique_fd socket) : socket_(std::move(socket)) {}

    std::size_t read(char* into, std::size_t size) override
    {
        return receive_some(socket_.get(), into, size);
    }

    void write(std::string_view bytes) override { send_all(socket_.get(), bytes); }

    void finish() override { finish_sending(socket_.get()); }

    int descriptor() const override { return socket_.get(); }

private:
    unique_fd socket_;
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
