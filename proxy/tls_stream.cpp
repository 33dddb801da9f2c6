// OpenSSL between two memory BIOs: this file moves bytes between them and the transport.
#include "proxy/tls_stream.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>
#include <vector>

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
    tls_stream(
        std::unique_ptr<byte_stream> transport,
        const tls_context& context,
        const asio::any_io_executor& executor
    )
        : transport_(std::move(transport)),
          ssl_(SSL_new(context.get()), SSL_free),
          flushed_(executor, asio::steady_timer::time_point::max())
    {
        incoming_ = BIO_new(BIO_s_mem());
        outgoing_ = BIO_new(BIO_s_mem());
        if (!ssl_ || incoming_ == nullptr || outgoing_ == nullptr) throw std::bad_alloc();
        SSL_set_bio(ssl_.get(), incoming_, outgoing_);
        SSL_set_connect_state(ssl_.get());
    }

    asio::awaitable<void> handshake(std::string server_name)
    {
        expect_name(server_name);
        for (;;) {
            ERR_clear_error();
            const int result = SSL_do_handshake(ssl_.get());
            const int error = SSL_get_error(ssl_.get(), result);
            const auto failure = failure_of(error);
            co_await flush();  // also on failure: the peer shall read our alert
            if (result == 1) break;
            if (error != SSL_ERROR_WANT_READ) throw tls_error(failure);
            co_await receive();
            if (transport_ended_)
                throw tls_error("the engine ended the connection in the TLS handshake");
        }
    }

    asio::awaitable<std::size_t> read_some(asio::mutable_buffer into) override
    {
        for (;;) {
            ERR_clear_error();
            std::size_t count = 0;
            const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
            const int error = SSL_get_error(ssl_.get(), result);
            const auto failure = failure_of(error);
            // A read may answer a key update; whoever is writing already takes that along.
            if (BIO_ctrl_pending(outgoing_) > 0 && !flushing_) co_await flush();
            if (result == 1) co_return count;
            if (error == SSL_ERROR_ZERO_RETURN) co_return 0;
            if (error != SSL_ERROR_WANT_READ) throw tls_error(failure);
            if (transport_ended_)
                throw tls_truncated("the TLS connection was cut without close_notify");
            co_await receive();
        }
    }

    asio::awaitable<void> write(asio::const_buffer from) override
    {
        while (from.size() > 0) {
            ERR_clear_error();
            std::size_t count = 0;
            const auto size = std::min(from.size(), chunk_size);
            if (SSL_write_ex(ssl_.get(), from.data(), size, &count) != 1) {
                throw tls_error(last_reason(ssl_.get()));
            }
            from += count;
            co_await flush();
        }
    }

    asio::awaitable<void> finish_writing() override
    {
        // Once: a second SSL_shutdown would wait for the peer's close_notify.
        if (!finished_writing_) {
            finished_writing_ = true;
            ERR_clear_error();
            SSL_shutdown(ssl_.get());
            ERR_clear_error();
            co_await flush();
        }
    }

    void abort() noexcept override { transport_->abort(); }

    asio::awaitable<void> wait_for_hangup() override { return transport_->wait_for_hangup(); }

private:
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

    // The reason of an operation that ended with `error`; empty when it did not fail. OpenSSL's
    // error queue belongs to the thread, so it is asked before anything is awaited: other streams
    // use it, too.
    std::string failure_of(int error) const
    {
        const bool failed = error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ;
        return failed ? last_reason(ssl_.get()) : std::string();
    }

    // Moves what the transport has into OpenSSL.
    asio::awaitable<void> receive()
    {
        if (received_.empty()) received_.resize(chunk_size);
        const auto count = co_await transport_->read_some(asio::buffer(received_));
        transport_ended_ = count == 0;
        BIO_write(incoming_, received_.data(), static_cast<int>(count));
    }

    // Returns when all that OpenSSL has produced so far is with the transport. Reader and writer
    // may both come here: records must leave in the order they were made, by one of them at a time.
    asio::awaitable<void> flush()
    {
        while (flushing_) {
            boost::system::error_code woken;
            co_await flushed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        }
        const flush_turn turn(*this);
        while (const auto pending = BIO_ctrl_pending(outgoing_)) {
            sending_.resize(pending);
            BIO_read(outgoing_, sending_.data(), static_cast<int>(pending));
            co_await transport_->write(asio::buffer(sending_));
        }
    }

    struct flush_turn {
        explicit flush_turn(tls_stream& owner) : stream(owner) { stream.flushing_ = true; }

        flush_turn(const flush_turn&) = delete;
        flush_turn& operator=(const flush_turn&) = delete;
        flush_turn(flush_turn&&) = delete;
        flush_turn& operator=(flush_turn&&) = delete;

        ~flush_turn()
        {
            stream.flushing_ = false;
            stream.flushed_.cancel();
        }

        tls_stream& stream;
    };

    std::unique_ptr<byte_stream> transport_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    BIO* incoming_ = nullptr;  // owned by ssl_
    BIO* outgoing_ = nullptr;  // owned by ssl_
    std::vector<char> received_;
    std::vector<char> sending_;
    asio::steady_timer flushed_;
    bool flushing_ = false;
    bool finished_writing_ = false;
    bool transport_ended_ = false;
};

}  // namespace

asio::awaitable<std::unique_ptr<byte_stream>> connect_tls(
    std::unique_ptr<byte_stream> transport, tls_context context, std::string server_name
)
{
    const auto executor = co_await asio::this_coro::executor;
    auto stream = std::make_unique<tls_stream>(std::move(transport), context, executor);
    co_await stream->handshake(std::move(server_name));
    co_return stream;
}

}  // namespace proxy
