// OpenSSL made repeatable, and the client's coroutines.
#define OPENSSL_SUPPRESS_DEPRECATED  // RAND_METHOD, which is the one way to fixed random numbers
#include "tests/fuzz/tls_session.hpp"

#include "proxy/asio_bridge.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/support/test_directory.hpp"
#include "vmctl/pki.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace asio = boost::asio;

namespace fuzz {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::sys_days certificates_made = 2025y / 1 / 1;

std::uint64_t random_state = 1;

// splitmix64
int fixed_random(unsigned char* into, int count)
{
    for (int index = 0; index < count; ++index) {
        random_state += 0x9E3779B97F4A7C15U;
        auto mixed = random_state;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
        into[index] = static_cast<unsigned char>(mixed >> 56U);
    }
    return 1;
}

int always_seeded()
{
    return 1;
}

// The certificates are valid on the day they were made, for ever.
void stop_clock(SSL_CTX* context)
{
    X509_VERIFY_PARAM_set_time(
        SSL_CTX_get0_param(context), std::chrono::system_clock::to_time_t(certificates_made)
    );
}

struct contexts {
    contexts()
    {
        static const RAND_METHOD fixed{
            nullptr, fixed_random, nullptr, nullptr, fixed_random, always_seeded};
        RAND_set_rand_method(&fixed);
        rewind_random();
        const test_support::test_directory directory;
        const auto pki = directory / "pki";
        vmctl::ensure_pki(pki, certificates_made);
        client = proxy::load_tls_context(vmctl::client_identity(pki));
        stop_clock(client.get());
        // Each input must find the same: nothing is resumed.
        SSL_CTX_set_session_cache_mode(client.get(), SSL_SESS_CACHE_OFF);
        const auto files = vmctl::pki_files_in(pki);
        tls_1_2 = engine(files, TLS1_2_VERSION);
        tls_1_3 = engine(files, TLS1_3_VERSION);
    }

    static proxy::tls_context engine(const vmctl::pki_files& files, int version)
    {
        proxy::tls_context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
        auto* const raw = context.get();
        demand(
            SSL_CTX_set_max_proto_version(raw, version) == 1 &&
                SSL_CTX_use_certificate_file(raw, files.server.c_str(), SSL_FILETYPE_PEM) == 1 &&
                SSL_CTX_use_PrivateKey_file(raw, files.server_key.c_str(), SSL_FILETYPE_PEM) == 1 &&
                SSL_CTX_load_verify_file(raw, files.ca.c_str()) == 1,
            "the engine's certificates load"
        );
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        stop_clock(raw);
        return context;
    }

    proxy::tls_context client;
    proxy::tls_context tls_1_2;
    proxy::tls_context tls_1_3;
};

const contexts& loaded()
{
    static const contexts all;
    return all;
}

// Runs `operation` and says how it ended.
asio::awaitable<void> until_end(asio::awaitable<void> operation, ending& how)
{
    try {
        co_await std::move(operation);
        how = ending::clean;
    } catch (const proxy::tls_truncated&) {
        how = ending::truncated;
    } catch (const proxy::tls_error& error) {
        demand(error.what()[0] != '\0', "a TLS error says what it is");
        how = ending::refused;
    } catch (const boost::system::system_error&) {
        how = ending::broken;
    }
}

using stream_pointer = std::unique_ptr<proxy::byte_stream>;

asio::awaitable<void> connect(test_support::memory_peer& peer, stream_pointer& stream)
{
    const auto executor = co_await asio::this_coro::executor;
    auto transport = std::make_unique<test_support::memory_stream>(executor, peer);
    auto handshake = proxy::connect_tls(
        std::move(transport),
        client_context(),
        std::string(vmctl::engine_name),
        proxy::application_protocol::http_1_1
    );
    auto nothing = [] {};
    stream = co_await proxy::to_asio(executor, std::move(handshake), nothing);
}

asio::awaitable<void> read_to_end(proxy::byte_stream& stream, std::string& all, piece_sizes sizes)
{
    std::string chunk(20'000, '\0');
    for (;;) {
        const auto room = 64 * sizes.next(chunk.size() / 64);
        const auto count = co_await stream.read_some(asio::buffer(chunk.data(), room));
        if (count == 0) co_return;
        demand(count <= room, "no more is read than there is room for");
        all.append(chunk, 0, count);
    }
}

asio::awaitable<void> write_all(
    proxy::byte_stream& stream, std::string_view all, std::string& written, piece_sizes sizes
)
{
    while (!all.empty()) {
        const auto piece = all.substr(0, 64 * sizes.next(all.size()));
        co_await stream.write(asio::buffer(piece));
        written += piece;
        all.remove_prefix(piece.size());
    }
    co_await stream.finish_writing();
}

}  // namespace

void rewind_random()
{
    random_state = 1;
}

proxy::tls_context client_context()
{
    return loaded().client;
}

proxy::tls_context engine_context(int version)
{
    return version == TLS1_3_VERSION ? loaded().tls_1_3 : loaded().tls_1_2;
}

client_outcome run_client(
    test_support::memory_peer& peer, const std::string& says, std::uint8_t seed
)
{
    client_outcome outcome;
    asio::io_context loop(1);
    stream_pointer stream;
    // Nothing here waits for anything outside: when the loop has nothing to do, all has ended, or
    // hangs.
    const auto run = [&loop](asio::awaitable<void> operation, ending& how) {
        asio::co_spawn(loop, until_end(std::move(operation), how), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
    };
    run(connect(peer, stream), outcome.handshake);
    loop.poll();
    if (outcome.handshake != ending::clean) return outcome;
    run(read_to_end(*stream, outcome.received, piece_sizes(seed)), outcome.reading);
    run(write_all(*stream, says, outcome.written, piece_sizes(seed)), outcome.writing);
    loop.restart();
    loop.poll();
    return outcome;
}

}  // namespace fuzz
