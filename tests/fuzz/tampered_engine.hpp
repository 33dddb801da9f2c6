// An OpenSSL server in memory whose records pass through the hands of an attacker. A script of
// bytes says what it sends and what becomes of it.
#pragma once

#include "tests/fuzz/fuzz_input.hpp"
#include "tests/support/memory_stream.hpp"

#include <deque>
#include <memory>
#include <string>

typedef struct ssl_st SSL;          // NOLINT(modernize-use-using): OpenSSL's own spelling
typedef struct ssl_ctx_st SSL_CTX;  // NOLINT(modernize-use-using)
typedef struct bio_st BIO;          // NOLINT(modernize-use-using)

namespace fuzz {

class tampered_engine final : public test_support::memory_peer {
public:
    // One byte of the script is taken for each record that is delivered and for each time that
    // there is none, with the bytes that it asks for. Where it ends, the engine ends its direction,
    // and what is left is delivered as it is.
    tampered_engine(SSL_CTX* context, std::string_view script);

    std::string say() override;
    void hear(std::string_view bytes) override;

    // All that the engine has put into records, and all that it has read from them.
    const std::string& said() const { return said_; }

    const std::string& heard() const { return heard_; }

    bool heard_the_end() const;

    // The engine has ended its direction.
    bool finished() const { return finished_; }

    // Or the engine itself has done what breaks a connection.
    bool is_tampered_with() const { return tampered_; }

    bool was_reset() const { return reset_; }

private:
    void advance();
    void collect();
    void act();
    void finish();
    std::string deliver();
    std::string tamper(std::string record);

    std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
    BIO* incoming_ = nullptr;  // owned by ssl_
    BIO* outgoing_ = nullptr;  // owned by ssl_
    fuzz_input script_;
    std::string produced_;  // less than a record
    std::deque<std::string> records_;
    std::string said_;
    std::string heard_;
    bool finished_ = false;
    bool tampered_ = false;
    bool cut_ = false;
    bool reset_ = false;
};

}  // namespace fuzz
