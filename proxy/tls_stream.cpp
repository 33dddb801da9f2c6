// OpenSSL on top of another stream.
#include "proxy/tls_stream.hpp"

#include "proxy/stream_wait.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
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

// OpenSSL's view of the transport. Reading goes straight to it; what is written is collected, so
// that OpenSSL never has to wait in the middle of a record (a key update could not be answered
// then) and several records leave in one write.
class record_bio {
public:
    explicit record_bio(byte_stream& transport) : transport_(transport) {}

    // For SSL_set_bio, which takes it over. This object must outlive the SSL.
    BIO* make()
    {
        static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method = make_method();
        BIO* bio = BIO_new(method.get());
        if (bio == nullptr) throw std::bad_alloc();
        BIO_set_data(bio, this);
        BIO_set_init(bio, 1);
        return bio;
    }

    // Sends what was collected. False: the transport does not take all of it now.
    bool flush()
    {
        if (outgoing_.empty()) return true;
        asio::const_buffer rest = asio::buffer(outgoing_) + sent_;
        const bool all = transport_.write_now(rest);
        if (!all) {
            sent_ = outgoing_.size() - rest.size();
            return false;
        }
        sent_ = 0;
        outgoing_.clear();
        give_back(std::move(outgoing_));
        return true;
    }

    std::size_t collected() const { return outgoing_.size(); }

    // The transport's reader has come to the end.
    bool ended() const { return ended_; }

    // What reading from the transport threw, if that was why OpenSSL failed.
    void rethrow_failure()
    {
        if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    }

private:
    static record_bio& of(BIO* bio) { return *static_cast<record_bio*>(BIO_get_data(bio)); }

    static std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> make_method()
    {
        std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method(
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "records"), BIO_meth_free
        );
        if (!method) throw std::bad_alloc();
        BIO_meth_set_read_ex(method.get(), &record_bio::read);
        BIO_meth_set_write_ex(method.get(), &record_bio::write);
        BIO_meth_set_ctrl(method.get(), [](BIO*, int command, long, void*) -> long {
            return command == BIO_CTRL_FLUSH ? 1 : 0;
        });
        return method;
    }

    // OpenSSL is C: no exception may pass through it.
    static int read(BIO* bio, char* into, std::size_t size, std::size_t* count) noexcept
    {
        auto& self = of(bio);
        BIO_clear_retry_flags(bio);
        try {
            const auto got = self.transport_.read_now(asio::buffer(into, size));
            if (!got) BIO_set_retry_read(bio);
            self.ended_ = got == std::size_t{0};
            *count = got.value_or(0);
            return *count > 0 ? 1 : 0;
        } catch (...) {
            self.failure_ = std::current_exception();
            return 0;
        }
    }

    static int write(BIO* bio, const char* from, std::size_t size, std::size_t* count) noexcept
    {
        try {
            auto& outgoing = of(bio).outgoing_;
            if (outgoing.capacity() == 0) outgoing = std::exchange(spare, {});
            outgoing.insert(outgoing.end(), from, from + size);
            *count = size;
            return 1;
        } catch (...) {
            return 0;
        }
    }

    // All connections of the loop take turns with one buffer; only one that is blocked keeps it.
    static void give_back(std::vector<char> buffer)
    {
        if (spare.capacity() == 0) spare = std::move(buffer);
    }

    static thread_local std::vector<char> spare;

    byte_stream& transport_;
    std::vector<char> outgoing_;
    std::size_t sent_ = 0;  // of outgoing_
    bool ended_ = false;
    std::exception_ptr failure_;
};

thread_local std::vector<char> record_bio::spare;

class tls_stream final : public byte_stream {
public:
    tls_stream(std::unique_ptr<byte_stream> transport, const tls_context& context)
        : transport_(std::move(transport)),
          records_(*transport_),
          ssl_(SSL_new(context.get()), SSL_free)
    {
        if (!ssl_) throw std::bad_alloc();
        BIO* bio = records_.make();
        SSL_set_bio(ssl_.get(), bio, bio);
        SSL_set_connect_state(ssl_.get());
    }

    io_task<> handshake(std::string server_name, application_protocol protocol)
    {
        expect_name(server_name);
        offer(protocol);
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
        if (records_.ended())
            throw tls_error("the engine ended the connection in the TLS handshake");
        throw tls_error(reason);
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
    auto stream = std::make_unique<tls_stream>(std::move(transport), context);
    co_await stream->handshake(std::move(server_name), protocol);
    co_return std::move(stream);
}

}  // namespace proxy
