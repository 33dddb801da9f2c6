// The server's pump, and what may happen to a record.
#include "tests/fuzz/tampered_engine.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <utility>

namespace fuzz {
namespace {

// RFC 8446 section 5.1: type, version, length.
constexpr std::size_t record_header = 5;

std::size_t record_size(std::string_view bytes)
{
    const auto at = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
    return record_header + at(3) * std::size_t{256} + at(4);
}

}  // namespace

tampered_engine::tampered_engine(SSL_CTX* context, std::string_view script)
    : ssl_(SSL_new(context), SSL_free),
      incoming_(BIO_new(BIO_s_mem())),
      outgoing_(BIO_new(BIO_s_mem())),
      script_(script)
{
    SSL_set_bio(ssl_.get(), incoming_, outgoing_);
    SSL_set_accept_state(ssl_.get());
}

bool tampered_engine::heard_the_end() const
{
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

void tampered_engine::hear(std::string_view bytes)
{
    BIO_write(incoming_, bytes.data(), static_cast<int>(bytes.size()));
    advance();
}

std::string tampered_engine::say()
{
    while (records_.empty() && !cut_ && !finished_) {
        if (script_.empty())
            finish();
        else
            act();
        advance();
    }
    auto bytes = records_.empty() || cut_ ? std::string() : deliver();
    // A record that is lost is not the end of the stream.
    while (bytes.empty() && !records_.empty() && !cut_) bytes = deliver();
    if (reset_) throw boost::system::system_error(boost::asio::error::connection_reset);
    return bytes;
}

// Reads what came in, which also carries the handshake on.
void tampered_engine::advance()
{
    ERR_clear_error();
    std::array<char, 4096> chunk{};
    std::size_t count = 0;
    while (SSL_read_ex(ssl_.get(), chunk.data(), chunk.size(), &count) == 1)
        heard_.append(chunk.data(), count);
    collect();
    ERR_clear_error();
}

// Takes the records that OpenSSL has made.
void tampered_engine::collect()
{
    std::array<char, 4096> chunk{};
    for (int count = 0; (count = BIO_read(outgoing_, chunk.data(), chunk.size())) > 0;)
        produced_.append(chunk.data(), static_cast<std::size_t>(count));
    while (produced_.size() >= record_header && produced_.size() >= record_size(produced_)) {
        const auto size = record_size(produced_);
        records_.push_back(produced_.substr(0, size));
        produced_.erase(0, size);
    }
}

// Something for the engine to send.
void tampered_engine::act()
{
    const auto action = script_.byte();
    const bool open = SSL_is_init_finished(ssl_.get()) == 1;
    switch (action % 8) {
        case 0:
            finish();
            break;
        case 1:
            if (open) SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
            break;
        case 2:
            if (open) SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
            break;
        case 3:
            if (open) SSL_new_session_ticket(ssl_.get());
            break;
        case 4:
            // TLS 1.2 only; the client does not take part, and OpenSSL's server then gives up.
            tampered_ = true;
            if (open) SSL_renegotiate(ssl_.get());
            if (open) SSL_do_handshake(ssl_.get());
            break;
        default: {
            // Some of several records, most of a few bytes.
            const auto unit = std::size_t{action == 0xFF ? 160U : action / 16U};
            const std::string text(1 + unit * script_.byte(), 'a');
            std::size_t count = 0;
            if (open && SSL_write_ex(ssl_.get(), text.data(), text.size(), &count) == 1)
                said_ += text;
        }
    }
}

void tampered_engine::finish()
{
    finished_ = SSL_is_init_finished(ssl_.get()) == 1 && SSL_shutdown(ssl_.get()) >= 0;
    if (!finished_) cut_ = true;  // a handshake that did not come to its end
}

std::string tampered_engine::deliver()
{
    auto record = std::move(records_.front());
    records_.pop_front();
    return script_.empty() ? record : tamper(std::move(record));
}

std::string tampered_engine::tamper(std::string record)
{
    const auto action = script_.byte();
    if (action < 0xC0) return record;
    tampered_ = true;
    const std::size_t place = script_.byte();
    switch (action % 8) {
        case 0:  // at the front, or anywhere
            record[(action & 8) != 0 ? place % 8 % record.size() : place % record.size()] ^=
                static_cast<char>(1 + script_.byte());
            return record;
        case 1:
            record.resize(place % record.size());
            return record;
        case 2:
            return {};
        case 3:
            return record + record;
        case 4:
            return std::string(script_.bytes(place)) + record;
        case 5: {
            if (records_.empty()) return record;
            auto later = std::move(records_.front());
            records_.pop_front();
            return later + record;
        }
        case 6:
            cut_ = true;
            return record.substr(0, place);
        default:
            cut_ = true;
            reset_ = true;
            return {};
    }
}

}  // namespace fuzz
