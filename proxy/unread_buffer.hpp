// Bytes that were read from a stream and have not been moved on yet.
#pragma once

#include "proxy/buffer_pool.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace proxy {

// Borrows a large buffer, from the pool if there is one, for as long as bytes are held.
class unread_buffer {
public:
    unread_buffer() = default;

    explicit unread_buffer(buffer_pool& pool) : pool_(&pool) {}

    unread_buffer(const unread_buffer&) = delete;
    unread_buffer& operator=(const unread_buffer&) = delete;

    ~unread_buffer() { release(); }

    std::string_view bytes() const { return {storage_.get() + begin_, end_ - begin_}; }

    // Room for the next read. Grows beyond a large buffer only while a head larger than that is
    // being read.
    boost::asio::mutable_buffer space()
    {
        if (begin_ == end_) begin_ = end_ = 0;
        if (capacity_ - end_ < least_space) make_room();
        return {storage_.get() + end_, capacity_ - end_};
    }

    void filled(std::size_t count) { end_ += count; }

    void drop(std::size_t count) { begin_ += count; }

    // Before a wait: gives back what was borrowed, when no bytes are held.
    void rest()
    {
        if (begin_ == end_) release();
    }

private:
    static constexpr std::size_t least_space = 4 * 1024;

    void make_room()
    {
        const auto held = end_ - begin_;
        if (storage_ && held + least_space <= capacity_) {
            std::memmove(storage_.get(), storage_.get() + begin_, held);
            begin_ = 0;
            end_ = held;
            return;
        }
        const auto wanted = storage_ ? 2 * capacity_ : buffer_pool::buffer_size;
        auto larger = !storage_ && pool_ != nullptr
                          ? pool_->take()
                          : std::make_unique_for_overwrite<char[]>(wanted);
        if (held > 0) std::memcpy(larger.get(), storage_.get() + begin_, held);
        release();
        storage_ = std::move(larger);
        capacity_ = wanted;
        end_ = held;
    }

    void release()
    {
        if (pool_ != nullptr && capacity_ == buffer_pool::buffer_size) {
            pool_->give_back(std::move(storage_));
        }
        storage_.reset();
        capacity_ = begin_ = end_ = 0;
    }

    buffer_pool* pool_ = nullptr;
    std::unique_ptr<char[]> storage_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace proxy
