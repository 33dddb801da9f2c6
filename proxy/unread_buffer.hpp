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

    // Before a wait: gives back what was borrowed. A few bytes that are held get a place of their
    // own.
    void rest()
    {
        const auto held = end_ - begin_;
        if (held == 0) {
            release();
        } else if (capacity_ >= buffer_pool::buffer_size && held <= few) {
            move_to(make(held), held);
        }
    }

private:
    static constexpr std::size_t least_space = 4 * 1024;
    static constexpr std::size_t few = 4 * 1024;

    void make_room()
    {
        const auto held = end_ - begin_;
        if (storage_ && held + least_space <= capacity_) {
            std::memmove(storage_.get(), storage_.get() + begin_, held);
            begin_ = 0;
            end_ = held;
            return;
        }
        if (capacity_ < buffer_pool::buffer_size) {
            move_to(
                pool_ != nullptr ? pool_->take() : make(buffer_pool::buffer_size),
                buffer_pool::buffer_size
            );
        } else {
            move_to(make(2 * capacity_), 2 * capacity_);
        }
    }

    static buffer_pool::buffer make(std::size_t size)
    {
        return std::make_unique_for_overwrite<char[]>(size);
    }

    void move_to(buffer_pool::buffer place, std::size_t capacity)
    {
        const auto held = end_ - begin_;
        if (held > 0) std::memcpy(place.get(), storage_.get() + begin_, held);
        release();
        storage_ = std::move(place);
        capacity_ = capacity;
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
    buffer_pool::buffer storage_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace proxy
