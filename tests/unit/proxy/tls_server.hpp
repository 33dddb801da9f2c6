// OpenSSL's own blocking server, with mutual TLS, as the other side of what is tested.
#pragma once

#include "vmctl/engine.hpp"
#include "vmctl/pki.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

struct tls_server_options {
    int connections = 1;  // accepted one after the other
    bool can_resume = true;
};

// Accepts connections on a thread of its own and hands each TLS session to `script`.
class tls_server {
public:
    tls_server(
        const vmctl::pki_files& files,
        int version,
        std::function<void(SSL*)> script,
        tls_server_options options = {}
    )
        : acceptor_(loop_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
          context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free)
    {
        SSL_CTX_set_max_proto_version(context_.get(), version);
        const auto certificate = files.server.string();
        const auto key = files.server_key.string();
        const auto ca = files.ca.string();
        auto* const context = context_.get();
        REQUIRE(SSL_CTX_use_certificate_file(context, certificate.c_str(), SSL_FILETYPE_PEM) == 1);
        REQUIRE(SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1);
        REQUIRE(SSL_CTX_load_verify_file(context, ca.c_str()) == 1);
        SSL_CTX_set_verify(
            context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr
        );
        static constexpr unsigned char name[] = "engine";
        if (options.can_resume) {
            SSL_CTX_set_session_id_context(context_.get(), name, sizeof name);
        }
        thread_ = std::jthread([this, options, script = std::move(script)] {
            for (int each = 0; each < options.connections; ++each) serve(script);
        });
    }

    vmctl::engine_address address(const std::filesystem::path& pki) const
    {
        return {
            config::tcp_endpoint{"127.0.0.1", acceptor_.local_endpoint().port()},
            vmctl::client_identity(pki)};
    }

    void join() { thread_.join(); }

    bool accepted = false;  // the last one's handshake went well

private:
    void serve(const std::function<void(SSL*)>& script)
    {
        auto socket = acceptor_.accept();
        // As Go does. What still waits for an acknowledgement would be lost by a reset.
        socket.set_option(boost::asio::ip::tcp::no_delay(true));
        const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), SSL_free);
        SSL_set_fd(ssl.get(), static_cast<int>(socket.native_handle()));
        accepted = SSL_accept(ssl.get()) == 1;
        if (accepted) script(ssl.get());
    }

    boost::asio::io_context loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::shared_ptr<SSL_CTX> context_;
    std::jthread thread_;
};

inline std::filesystem::path make_pki(const std::filesystem::path& directory)
{
    vmctl::ensure_pki(directory, std::chrono::system_clock::now());
    return directory;
}
