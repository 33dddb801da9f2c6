// A client of a named pipe as go-winio is one (pipe.go, file.go): overlapped, with a deadline for
// every operation; CloseWrite is a flush and a zero-length message; a read of nothing is the end,
// and stays it. And as those are that know no zero-length messages (libuv, .NET, Java).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace test_support {

// One thread may read while another one writes.
class pipe_client {
public:
    enum class kind {
        winio,  // a zero-length message is the end
        libuv   // it is nothing
    };

    // Tries again while all instances are busy, as go-winio does. Throws std::system_error.
    explicit pipe_client(const std::string& name, kind how = kind::winio);
    // Of a handle that was made elsewhere, which it takes over.
    explicit pipe_client(void* pipe);
    pipe_client(const pipe_client&) = delete;
    pipe_client& operator=(const pipe_client&) = delete;
    pipe_client(pipe_client&& other) noexcept;
    pipe_client& operator=(pipe_client&&) = delete;
    ~pipe_client();

    // All of it, as one message.
    void write(std::string_view bytes);

    // What one read brings; empty: the end.
    std::string read_some(std::size_t most = std::size_t{64} * 1024);

    // Exactly so much; the rest stays in the pipe.
    std::string read(std::size_t count);

    // Up to and with `end`.
    std::string read_until(std::string_view end);

    std::string read_all();

    // The number of Windows' error that a read ends with, after anything else was read.
    unsigned long read_failure();

    // A zero-length message, without a flush.
    void write_nothing();

    void close_write();

    void close();

private:
    struct outcome {
        std::size_t count = 0;
        unsigned long failure = 0;
    };

    // Throws when the deadline passes.
    template <class Begin>
    outcome wait_for(Begin begin);

    void* pipe_ = nullptr;
    kind kind_ = kind::winio;
    bool ended_ = false;
};

// A name that no other test has.
std::string new_pipe_name();

}  // namespace test_support
