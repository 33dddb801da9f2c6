// TLS with half-close, against OpenSSL's own blocking server.
#include "proxy/asio_bridge.hpp"
#include "proxy/dialer.hpp"
#include "tests/support/memory_stream.hpp"
#include "tests/support/run_loop.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/unit/proxy/session_fixture.hpp"
#include "tests/unit/proxy/tls_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <string>

namespace asio = boost::asio;
using test_support::run_loop;
using test_support::test_directory;

namespace {

std::string read_to_end(SSL* ssl)
{
    std::string all;
    std::array<char, 16384> chunk{};
    for (;;) {
        const int count = SSL_read(ssl, chunk.data(), chunk.size());
        if (count <= 0) return all;
        all.append(chunk.data(), static_cast<std::size_t>(count));
    }
}

asio::awaitable<std::string> read_to_end(proxy::byte_stream& stream)
{
    std::string all;
    std::string chunk(65536, '\0');
    for (;;) {
        const auto count = co_await stream.read_some(asio::buffer(chunk));
        if (count == 0) co_return all;
        all.append(chunk, 0, count);
    }
}

asio::awaitable<void> fail_to_read(
    proxy::dialer& dialer, vmctl::engine_address address, std::string& failure
)
{
    try {
        const auto stream = co_await dialer.dial(std::move(address));
        co_await read_to_end(*stream);
    } catch (const std::exception& error) {
        failure = error.what();
    }
}

// An engine that gets the handshake wrong, beside other streams that use OpenSSL's error queue
// while the client sends its alert.
class wrong_engine final : public test_support::memory_peer {
public:
    // A ServerHelloDone in place of the ServerHello.
    std::string say() override { return {"\x16\x03\x03\x00\x04\x0E\x00\x00\x00", 9}; }

    void hear(std::string_view) override { ERR_clear_error(); }
};

asio::awaitable<void> fail_to_connect(
    test_support::memory_peer& peer, proxy::tls_context context, std::string& failure
)
{
    const auto executor = co_await asio::this_coro::executor;
    auto transport = std::make_unique<test_support::memory_stream>(executor, peer);
    auto handshake = proxy::connect_tls(
        std::move(transport), std::move(context), "engine", proxy::application_protocol::http_1_1
    );
    auto nothing = [] {};
    try {
        co_await proxy::to_asio(executor, std::move(handshake), nothing);
    } catch (const proxy::tls_error& error) {
        failure = error.what();
    }
}

}  // namespace

TEST_CASE("both directions of a TLS stream end separately")
{
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    const auto question = test_support::patterned_bytes(300'000);
    const auto answer = test_support::patterned_bytes(200'000);
    std::string heard;
    bool clean_end = false;
    tls_server server(vmctl::pki_files_in(pki), version, [&](SSL* ssl) {
        heard = read_to_end(ssl);
        clean_end = (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
        // Only after the client has ended its direction.
        SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(ssl);
        char byte = 0;
        SSL_read(ssl, &byte, 1);  // keeps the TCP connection open, as dockerd does
    });
    asio::io_context loop(1);
    proxy::dialer dialer(loop.get_executor());
    std::string got;
    run_loop(
        loop,
        [](proxy::dialer& by, vmctl::engine_address to, const std::string& say, std::string& hear
        ) -> asio::awaitable<void> {
            const auto stream = co_await by.dial(std::move(to));
            co_await stream->write(asio::buffer(say));
            co_await stream->finish_writing();
            co_await stream->finish_writing();  // harmless
            hear = co_await read_to_end(*stream);
        }(dialer, server.address(pki), question, got)
    );
    server.join();
    CHECK(heard == question);
    CHECK(clean_end);
    CHECK(got == answer);
}

TEST_CASE("a TLS stream that is cut is no clean end")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    tls_server server(vmctl::pki_files_in(pki), TLS1_3_VERSION, [](SSL* ssl) {
        SSL_write(ssl, "half", 4);
    });
    asio::io_context loop(1);
    proxy::dialer dialer(loop.get_executor());
    std::string failure;
    run_loop(loop, fail_to_read(dialer, server.address(pki), failure));
    CHECK_THAT(failure, Catch::Matchers::Contains("without close_notify"));
}

TEST_CASE("an engine that is cut before it answers breaks the connection, and nothing is invented")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    tls_server server(vmctl::pki_files_in(pki), TLS1_3_VERSION, [](SSL* ssl) {
        char request[512];
        SSL_read(ssl, request, sizeof request);
    });
    session_fixture one;
    one.engine.address = server.address(pki);
    one.run([](session_fixture& f) -> asio::awaitable<void> {
        co_await send(f.client, "POST /containers/x/start HTTP/1.1\r\nHost: docker\r\n\r\n");
        const auto got = co_await receive_all(f.client);
        CHECK(got.empty());
    }(one));
    CHECK(one.broke);
}

TEST_CASE("key updates and session tickets pass unnoticed")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    tls_server server(vmctl::pki_files_in(pki), TLS1_3_VERSION, [](SSL* ssl) {
        for (int round = 0; round < 3; ++round) {
            SSL_new_session_ticket(ssl);
            SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
            SSL_write(ssl, "x", 1);
        }
        SSL_shutdown(ssl);
        read_to_end(ssl);
    });
    asio::io_context loop(1);
    proxy::dialer dialer(loop.get_executor());
    std::string got;
    run_loop(
        loop,
        [](proxy::dialer& by, vmctl::engine_address to, std::string& hear
        ) -> asio::awaitable<void> {
            const auto stream = co_await by.dial(std::move(to));
            hear = co_await read_to_end(*stream);
        }(dialer, server.address(pki), got)
    );
    CHECK(got == "xxx");
}

TEST_CASE("an engine of another authority is refused by us, and we by it")
{
    const test_directory directory;
    const auto ours = make_pki(directory / "ours");
    const auto theirs = make_pki(directory / "theirs");
    asio::io_context loop(1);
    proxy::dialer dialer(loop.get_executor());
    std::string failure;
    SECTION("its certificate is not signed by our CA")
    {
        tls_server server(vmctl::pki_files_in(theirs), TLS1_3_VERSION, [](SSL*) {});
        run_loop(loop, fail_to_read(dialer, server.address(ours), failure));
        server.join();
        CHECK_THAT(failure, Catch::Matchers::Contains("the engine's certificate was refused"));
        CHECK_FALSE(server.accepted);
    }
    SECTION("its certificate is for another name")
    {
        tls_server server(vmctl::pki_files_in(ours), TLS1_3_VERSION, [](SSL*) {});
        auto address = server.address(ours);
        address.tls->server_name = "elsewhere";
        run_loop(loop, fail_to_read(dialer, std::move(address), failure));
        CHECK_THAT(failure, Catch::Matchers::Contains("hostname mismatch"));
    }
    SECTION("our certificate is not signed by its CA: with TLS 1.3 the first read says so")
    {
        tls_server server(vmctl::pki_files_in(ours), TLS1_3_VERSION, [](SSL*) {});
        auto address = server.address(ours);
        address.tls->certificate = vmctl::pki_files_in(theirs).client;
        address.tls->key = vmctl::pki_files_in(theirs).client_key;
        run_loop(loop, fail_to_read(dialer, std::move(address), failure));
        server.join();
        CHECK_THAT(failure, Catch::Matchers::Contains("alert"));
        CHECK_FALSE(server.accepted);
    }
}

TEST_CASE("the reason of a failed handshake is its own, whatever other streams do meanwhile")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    const auto context = proxy::load_tls_context(vmctl::client_identity(pki));
    wrong_engine engine;
    asio::io_context loop(1);
    std::string failure;
    run_loop(loop, fail_to_connect(engine, context, failure));
    CHECK(failure == "unexpected message");
}

TEST_CASE("TLS files may lie where no narrow name of Windows leads")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    const std::filesystem::path name(u8"gr\u00FC\u00DFe \u65E5\u672C");
    const auto elsewhere = directory.path() / name;
    std::filesystem::create_directory(elsewhere);
    auto files = vmctl::client_identity(pki);
    for (auto* each : {&files.ca, &files.certificate, &files.key}) {
        const auto copy = elsewhere / each->filename();
        std::filesystem::copy_file(*each, copy);
        *each = copy;
    }
    CHECK_NOTHROW(proxy::load_tls_context(files));
}

TEST_CASE("a file of several authorities has all of them")
{
    const test_directory directory;
    const auto ours = make_pki(directory / "ours");
    const auto theirs = make_pki(directory / "theirs");
    auto files = vmctl::client_identity(ours);
    const auto both =
        test_support::read_file(vmctl::pki_files_in(theirs).ca) + test_support::read_file(files.ca);
    files.ca = directory / "both.pem";
    test_support::write_file(files.ca, both);
    const auto context = proxy::load_tls_context(files);
    const auto* const known = X509_STORE_get0_objects(SSL_CTX_get_cert_store(context.get()));
    CHECK(sk_X509_OBJECT_num(known) == 2);
}

TEST_CASE("TLS files that cannot be used are named")
{
    const test_directory directory;
    const auto pki = make_pki(directory / "pki");
    auto files = vmctl::client_identity(pki);
    SECTION("missing")
    {
        files.ca = directory / "nowhere.pem";
        CHECK_THROWS_WITH(
            proxy::load_tls_context(files),
            Catch::Matchers::Contains("nowhere.pem cannot be used: No such file or directory")
        );
    }
    SECTION("not PEM")
    {
        test_support::write_file(directory / "bad.pem", "not a certificate");
        files.certificate = directory / "bad.pem";
        CHECK_THROWS_WITH(proxy::load_tls_context(files), Catch::Matchers::Contains("bad.pem"));
    }
    SECTION("PEM that breaks off behind its first certificate")
    {
        const auto whole = test_support::read_file(files.ca);
        files.ca = directory / "half.pem";
        test_support::write_file(files.ca, whole + whole.substr(0, whole.size() / 2));
        CHECK_THROWS_WITH(proxy::load_tls_context(files), Catch::Matchers::Contains("half.pem"));
    }
    SECTION("a key of another certificate")
    {
        files.key = vmctl::pki_files_in(pki).server_key;
        CHECK_THROWS_WITH(
            proxy::load_tls_context(files), Catch::Matchers::Contains("server-key.pem")
        );
    }
}
