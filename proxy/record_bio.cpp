// A BIO of our own.
#include "proxy/record_bio.hpp"

#include <boost/asio/buffer.hpp>
#include <openssl/bio.h>

#include <memory>
#include <new>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

using bio_method = std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>;

// All connections of the loop take turns with one buffer; only one that is blocked keeps it.
thread_local std::vector<char> spare;

}  // namespace

// OpenSSL is C: no exception may pass through it.
struct record_bio::calls {
    static bio_method make_method()
    {
        const int type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK;
        bio_method method(BIO_meth_new(type, "records"), BIO_meth_free);
        if (!method) throw std::bad_alloc();
        BIO_meth_set_read_ex(method.get(), &read);
        BIO_meth_set_write_ex(method.get(), &write);
        BIO_meth_set_ctrl(method.get(), [](BIO*, int command, long, void*) -> long {
            return command == BIO_CTRL_FLUSH ? 1 : 0;
        });
        return method;
    }

    static record_bio& of(BIO* bio) { return *static_cast<record_bio*>(BIO_get_data(bio)); }

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
};

BIO* record_bio::make()
{
    static const bio_method method = calls::make_method();
    BIO* bio = BIO_new(method.get());
    if (bio == nullptr) throw std::bad_alloc();
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    return bio;
}

bool record_bio::flush()
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
    auto used = std::exchange(outgoing_, {});
    if (spare.capacity() == 0) spare = std::move(used);
    return true;
}

void record_bio::rethrow_failure()
{
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace proxy
