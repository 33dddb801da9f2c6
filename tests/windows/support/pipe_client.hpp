// A client of a named pipe as Go's docker client is one (go-winio, pipe.go): overlapped calls with
// a deadline, and a message without bytes for the end of what it writes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace windows_support {

class pipe_client {
public:
    // `name` is what follows \\.\pipe\. Waits for a free instance. Throws std::runtime_error.
    explicit pipe_client(const std::string& name);
    ~pipe_client();
    pipe_client(const pipe_client&) = delete;
    pipe_client& operator=(const pipe_client&) = delete;

    void send(std::string_view bytes);
    void close_write();

    // The next bytes; nothing: the end. Throws std::runtime_error when none come for half a minute.
    std::optional<std::string> receive();

    // Up to and with `end`.
    std::string receive_until(std::string_view end);

    // `size` bytes.
    std::string receive_exactly(std::size_t size);

    std::string receive_all();

private:
    struct handles;
    std::unique_ptr<handles> handles_;
    std::string rest_;
};

}  // namespace windows_support
