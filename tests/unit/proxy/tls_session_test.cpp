// Sessions with an engine behind mutual TLS: what differs from a plain socket.
#include "tests/support/test_directory.hpp"
#include "tests/unit/proxy/session_fixture.hpp"
#include "tests/unit/proxy/tls_server.hpp"

#include <boost/asio/redirect_error.hpp>
#include <catch2/catch.hpp>
#include <openssl/bio.h>

#include <string>

using test_support::test_directory;

namespace {

// What is written from now on leaves in one segment, by BIO_flush().
BIO* collect(SSL* ssl)
{
    auto* const socket = SSL_get_wbio(ssl);
    BIO_up_ref(socket);
    auto* const all = BIO_push(BIO_new(BIO_f_buffer()), socket);
    SSL_set0_wbio(ssl, all);
    return all;
}

}  // namespace

TEST_CASE("an early response of an engine that stops reading arrives over TLS, too", "[unix]")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    static const std::string refusal =
        "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno\n";
    tls_server server(vmctl::pki_files_in(pki), TLS1_3_VERSION, [](SSL* ssl) {
        char some[512];
        SSL_read(ssl, some, sizeof some);
        SSL_write(ssl, refusal.data(), static_cast<int>(refusal.size()));
        SSL_shutdown(ssl);
        // What was not read makes the end a reset.
    });
    session_fixture one;
    one.engine.address = server.address(pki);
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(
            f.client, "POST /build HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1000000\r\n"
        );
        boost::system::error_code cut;
        const std::string much(65536, 'x');
        for (int round = 0; round < 200 && !cut; ++round) {
            co_await asio::async_write(
                f.client, asio::buffer(much), asio::redirect_error(asio::use_awaitable, cut)
            );
        }
        finish(f.client);
        const auto answer = co_await receive_all(f.client);
        CHECK(answer == refusal);
    }(one));
    CHECK(one.ended);
}

TEST_CASE("the rest of a TLS record that did not fit a full buffer is not forgotten")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    // A head is held back until it is whole, so that it fills the buffer in the middle of a record.
    static const std::string head = [] {
        constexpr std::size_t size = proxy::buffer_pool::buffer_size + 2000;
        const std::string begin = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Long: ";
        return begin + std::string(size - begin.size() - 4, 'x') + "\r\n\r\n";
    }();
    tls_server server(vmctl::pki_files_in(pki), TLS1_3_VERSION, [](SSL* ssl) {
        char request[512];
        SSL_read(ssl, request, sizeof request);
        constexpr std::size_t record = 5000;
        for (std::size_t at = 0; at < head.size(); at += record) {
            const auto size = std::min(record, head.size() - at);
            SSL_write(ssl, head.data() + at, static_cast<int>(size));
        }
        // Stays, and says nothing more.
        SSL_read(ssl, request, sizeof request);
        SSL_shutdown(ssl);
    });
    session_fixture one;
    one.engine.address = server.address(pki);
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, "GET /info HTTP/1.1\r\n\r\n");
        const auto answer = co_await receive(f.client, head.size());
        CHECK(answer == head);
        f.client.close();
    }(one));
    CHECK(one.ended);
}

TEST_CASE("an engine that ends its direction with its last bytes is heard to end over TLS")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    static const std::string upgraded = "HTTP/1.1 101 UPGRADED\r\n\r\n";
    tls_server server(vmctl::pki_files_in(pki), TLS1_3_VERSION, [](SSL* ssl) {
        char request[512];
        SSL_read(ssl, request, sizeof request);
        auto* const segment = collect(ssl);
        SSL_write(ssl, upgraded.data(), static_cast<int>(upgraded.size()));
        SSL_write(ssl, "last", 4);
        SSL_shutdown(ssl);
        BIO_flush(segment);
        // The client's direction goes on.
        while (SSL_read(ssl, request, sizeof request) > 0) {
        }
    });
    session_fixture one;
    one.engine.address = server.address(pki);
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(
            f.client,
            "POST /containers/x/attach HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
        );
        const auto all = co_await receive_all(f.client);
        CHECK(all == upgraded + "last");
        f.client.close();
    }(one));
    CHECK(one.ended);
}

TEST_CASE("a connection over TLS is let go of and made anew as any other")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    static const std::string pong = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
    const auto answer_until_left = [](SSL* ssl) {
        char request[512];
        while (SSL_read(ssl, request, sizeof request) > 0) {
            SSL_write(ssl, pong.data(), static_cast<int>(pong.size()));
        }
    };
    tls_server server(
        vmctl::pki_files_in(pki), TLS1_3_VERSION, answer_until_left, {.connections = 2}
    );
    session_fixture one;
    one.engine.address = server.address(pki);
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        for (int round = 0; round < 4; ++round) {
            if (round == 2) f.session->let_go();
            co_await send(f.client, "GET /_ping HTTP/1.1\r\n\r\n");
            const auto answer = co_await receive(f.client, pong.size());
            CHECK(answer == pong);
        }
        f.client.close();
    }(one));
    server.join();
    CHECK(server.accepted);
}
