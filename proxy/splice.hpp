// Moving bytes from one socket to another inside the kernel, through a pipe (Linux, splice(2)).
// Elsewhere there is no pipe, and bytes are copied.
#pragma once

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace proxy {

// Copies what is in `socket`, which keeps it. Nothing: no byte there now; 0: the end of the stream.
// Throws boost::system::system_error.
std::optional<std::size_t> peek(int socket, boost::asio::mutable_buffer into);

// Two descriptors and what is between them. Empty when it is lent and when it is given back.
class splice_pipe {
public:
    splice_pipe(int read_end, int write_end, std::size_t capacity)
        : read_end_(read_end), write_end_(write_end), capacity_(capacity)
    {
    }

    splice_pipe(splice_pipe&& other) noexcept;
    splice_pipe& operator=(splice_pipe&& other) noexcept;
    splice_pipe(const splice_pipe&) = delete;
    splice_pipe& operator=(const splice_pipe&) = delete;
    ~splice_pipe();

    // Moves at most `most` bytes from `socket` into the pipe. Nothing: none there now, or no room;
    // 0: the end of the stream. Throws boost::system::system_error.
    std::optional<std::size_t> fill_from(int socket, std::uint64_t most);

    // Moves on to `socket` what it takes. False: not all of it. Throws boost::system::system_error.
    bool drain_to(int socket);

    bool empty() const { return held_ == 0; }

    // Bytes.
    std::size_t held() const { return held_; }

    // Whether it is time to drain.
    bool full() const { return held_ >= capacity_ / 2; }

private:
    [[maybe_unused]] int read_end_ = -1;  // where there is no splice(2)
    [[maybe_unused]] int write_end_ = -1;
    std::size_t capacity_ = 0;
    std::size_t held_ = 0;
};

// Lives on the loop's thread, and longer than whoever has borrowed.
class pipe_pool {
public:
    // Somebody who takes pipes again and again. With the last one's end all pipes are closed.
    class user {
    public:
        explicit user(pipe_pool& pool) : pool_(pool) { ++pool_.users_; }

        user(const user&) = delete;
        user& operator=(const user&) = delete;

        ~user()
        {
            if (--pool_.users_ == 0) pool_.free_.clear();
        }

    private:
        pipe_pool& pool_;
    };

    // Nothing where there are none: no descriptors left, or not Linux.
    std::optional<splice_pipe> take();

    void give_back(splice_pipe pipe);

private:
    std::vector<splice_pipe> free_;
    int users_ = 0;
};

}  // namespace proxy
