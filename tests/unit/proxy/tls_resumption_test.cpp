// A further connection to the same engine resumes the TLS session of an earlier one.
#include "proxy/dialer.hpp"
#include "tests/support/run_loop.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/unit/proxy/tls_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <openssl/ssl.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace asio = boost::asio;

namespace {

// Reads the engine's "x" and its end, and cuts the connection.
asio::awaitable<void> visit_once(proxy::dialer& dialer, vmctl::engine_address address)
{
    const auto stream = co_await dialer.dial(std::move(address));
    std::array<char, 16> got{};
    const auto count = co_await stream->read_some(asio::buffer(got));
    CHECK(std::string(got.data(), count) == "x");
    const auto end = co_await stream->read_some(asio::buffer(got));
    CHECK(end == 0);
    stream->abort();
}

class resuming_engine {
public:
    resuming_engine(int version, tls_server_options options)
        : pki_(make_pki(directory_ / "pki")),
          server_(
              vmctl::pki_files_in(pki_),
              version,
              [this](SSL* ssl) {
                  resumed_.push_back(SSL_session_reused(ssl) == 1);
                  SSL_write(ssl, "x", 1);
                  SSL_shutdown(ssl);
              },
              options
          )
    {
    }

    void visit()
    {
        loop_.restart();
        test_support::run_loop(loop_, visit_once(dialer_, server_.address(pki_)));
    }

    // Of each connection whose handshake went well.
    std::vector<bool> resumed()
    {
        server_.join();
        return resumed_;
    }

private:
    test_support::test_directory directory_;
    std::filesystem::path pki_;
    std::vector<bool> resumed_;
    tls_server server_;
    asio::io_context loop_{1};
    proxy::dialer dialer_{loop_.get_executor()};
};

}  // namespace

TEST_CASE("a second connection resumes the session of the first, though that was cut")
{
    resuming_engine engine(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION), {.connections = 3});
    engine.visit();
    engine.visit();
    engine.visit();
    CHECK(engine.resumed() == std::vector<bool>{false, true, true});
}

TEST_CASE("an engine that fails when it shall resume is asked anew")
{
    // OpenSSL's server ends the handshake when its sessions belong to no context. Two of the five
    // connections end like that.
    resuming_engine engine(TLS1_3_VERSION, {.connections = 5, .can_resume = false});
    engine.visit();
    engine.visit();
    engine.visit();
    CHECK(engine.resumed() == std::vector<bool>{false, false, false});
}
