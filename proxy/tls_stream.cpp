// OpenSSL on top of another stream.
#include "proxy/tls_stream.hpp"

#include "proxy/record_bio.hpp"
#include "proxy/stream_wait.hpp"
#include "proxy/tls_sessions.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// Four TLS records: one write to the transport carries what one read of the session brought.
constexpr std::size_t chunk_size = 64 * 1024;

std::string last_reason(const SSL* ssl)
{
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    if (const auto verdict = SSL_get_verify_result(ssl); verdict != X509_V_OK) {
        return std::string("the engine's certificate was refused: ") +
               X509_verify_cert_error_string(verdict);
    }
    const char* reason = ERR_reason_error_string(code);
    if (reason == nullptr) return "the TLS connection broke";
    if (ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER) {
        return std::string("what answers there does not speak TLS (") + reason + ")";
    }
    return reason;
}

class tls_stream final : public byte_stream {
public:
    tls_stream(std::unique_ptr<byte_stream> transport, tls_context context, std::string server_name)
        : context_(std::move(context)),
          server_name_(std::move(server_name)),
          transport_(std::move(transport)),
          records_(*transport_),
          ssl_(SSL_new(context_.get()), SSL_free)
    {
        if (!ssl_) throw std::bad_alloc();
        BIO* bio = records_.make();
        SSL_set_bio(ssl_.get(), bio, bio);
        SSL_set_connect_state(ssl_.get());
    }

    tls_stream(const tls_stream&) = delete;
    tls_stream& operator=(const tls_stream&) = delete;
    tls_stream(tls_stream&&) = delete;
    tls_stream& operator=(tls_stream&&) = delete;

    ~tls_stream()
    {
        // A session stays good when its connection ends without close_notify (RFC 5246 section
        // 7.2.1); OpenSSL would rather not resume it.
        SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }

    io_task<> handshake(application_protocol protocol)
    {
        expect_name(server_name_);
        offer(protocol);
        tls_sessions::of(context_.get()).use(ssl_.get(), server_name_);
        for (;;) {
            ERR_clear_error();
            const int result = SSL_do_handshake(ssl_.get());
            const int error = SSL_get_error(ssl_.get(), result);
            if (result != 1) check_handshake(error);
            while (!records_.flush()) {
                co_await waiting(*transport_, readiness::writable);
            }
            if (result == 1) break;
            co_await waiting(*transport_, readiness::readable);
        }
    }

    std::optional<std::size_t> read_now(asio::mutable_buffer into) override
    {
        std::size_t total = 0;
        while (into.size() > 0) {
            ERR_clear_error();
            std::size_t count = 0;
            const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
            const int error = SSL_get_error(ssl_.get(), result);
            // A read may answer a key update. What cannot leave now goes with the next write.
            if (records_.collected() > 0) flush_if_possible();
            if (result != 1) {
                if (total > 0) break;  // the next call finds the same
                return end_of_reading(error);
            }
            into += count;
            total += count;
        }
        return total;
    }

    bool write_now(asio::const_buffer& from) override
    {
        bool room = records_.flush();
        while (room && from.size() > 0) {
            ERR_clear_error();
            std::size_t count = 0;
            const auto size = std::min(from.size(), chunk_size);
            if (SSL_write_ex(ssl_.get(), from.data(), size, &count) != 1) {
                throw tls_error(last_reason(ssl_.get()));
            }
            from += count;
            room = records_.flush();
        }
        return room;
    }

    bool finish_now() override
    {
        // Once: a second SSL_shutdown would wait for the peer's close_notify.
        if (!finished_writing_) {
            finished_writing_ = true;
            ERR_clear_error();
            SSL_shutdown(ssl_.get());
            ERR_clear_error();
        }
        return records_.flush();
    }

    void start_wait(readiness what, wait_completion& done, asio::cancellation_slot slot) override
    {
        transport_->start_wait(what, done, slot);
    }

    void abort() noexcept override { transport_->abort(); }

    void keep_alive() noexcept override { transport_->keep_alive(); }

private:
    // What a read that brought nothing means.
    std::optional<std::size_t> end_of_reading(int error)
    {
        if (error == SSL_ERROR_ZERO_RETURN) return 0;
        const auto reason = error == SSL_ERROR_WANT_READ ? std::string() : last_reason(ssl_.get());
        records_.rethrow_failure();
        if (records_.ended())
            throw tls_truncated("the TLS connection was cut without close_notify");
        if (error == SSL_ERROR_WANT_READ) return std::nullopt;
        fail(reason);
    }

    [[noreturn]] void fail(const std::string& reason)
    {
        tls_sessions::of(context_.get()).forget(server_name_);
        throw tls_error(reason);
    }

    // Throws when a handshake that needs more than bytes has failed. OpenSSL's error queue belongs
    // to the thread, so it is asked before anything is awaited: other streams use it, too.
    void check_handshake(int error)
    {
        const auto reason = error == SSL_ERROR_WANT_READ ? std::string() : last_reason(ssl_.get());
        records_.rethrow_failure();
        if (!records_.ended() && error == SSL_ERROR_WANT_READ) return;
        flush_if_possible();  // the peer shall read our alert
        if (records_.ended()) fail("the engine ended the connection in the TLS handshake");
        fail(reason);
    }

    // Whether the connection can still be written to is the writer's business.
    void flush_if_possible() noexcept
    {
        try {
            records_.flush();
        } catch (const boost::system::system_error&) {
        }
    }

    void expect_name(const std::string& name)
    {
        boost::system::error_code not_an_address;
        asio::ip::make_address(name, not_an_address);
        bool accepted = false;
        if (not_an_address) {
            SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
            // SSL_set_tlsext_host_name spelt out: the macro casts as C does.
            auto* server = const_cast<char*>(name.c_str());
            const auto sent = SSL_ctrl(
                ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, server
            );
            accepted = sent == 1 && SSL_set1_host(ssl_.get(), name.c_str()) == 1;
        } else {
            accepted = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), name.c_str()) == 1;
        }
        if (!accepted) throw tls_error("\"" + name + "\" cannot be the name of a TLS server");
    }

    void offer(application_protocol protocol)
    {
        static constexpr std::string_view http_1_1 = "\x08http/1.1";
        static constexpr std::string_view http_2 = "\x02h2\x08http/1.1";
        const auto names = protocol == application_protocol::http_2 ? http_2 : http_1_1;
        const auto* bytes = reinterpret_cast<const unsigned char*>(names.data());
        // Unlike the rest of OpenSSL, 0 is success.
        if (SSL_set_alpn_protos(ssl_.get(), bytes, static_cast<unsigned>(names.size())) != 0) {
            throw std::bad_alloc();
        }
    }

    tls_context context_;
    std::string server_name_;
    std::unique_ptr<byte_stream> transport_;
    record_bio records_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    bool finished_writing_ = false;
};

}  // namespace

io_task<std::unique_ptr<byte_stream>> connect_tls(
    std::unique_ptr<byte_stream> transport,
    tls_context context,
    std::string server_name,
    application_protocol protocol
)
{
    auto stream = std::make_unique<tls_stream>(
        std::move(transport), std::move(context), std::move(server_name)
    );
    co_await stream->handshake(protocol);
    co_return std::move(stream);
}

}  // namespace proxy
