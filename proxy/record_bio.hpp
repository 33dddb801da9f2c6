// OpenSSL's view of the transport. Reading goes straight to it; what is written is collected, so
// that OpenSSL never has to wait in the middle of a record (a key update could not be answered
// then) and several records leave in one write.
#pragma once

#include "proxy/byte_stream.hpp"

#include <cstddef>
#include <exception>
#include <vector>

typedef struct bio_st BIO;  // NOLINT(modernize-use-using): OpenSSL's own spelling

namespace proxy {

// Must outlive the SSL that uses it.
class record_bio {
public:
    explicit record_bio(byte_stream& transport) : transport_(transport) {}

    // For SSL_set_bio, which takes it over.
    BIO* make();

    // Sends what was collected. False: the transport does not take all of it now. Throws as
    // byte_stream::write_now().
    bool flush();

    std::size_t collected() const { return outgoing_.size(); }

    // The transport's reader has come to the end.
    bool ended() const { return ended_; }

    // What reading from the transport threw, if that was why OpenSSL failed.
    void rethrow_failure();

private:
    struct calls;  // OpenSSL's

    byte_stream& transport_;
    std::vector<char> outgoing_;
    std::size_t sent_ = 0;  // of outgoing_
    bool ended_ = false;
    std::exception_ptr failure_;
};

}  // namespace proxy
