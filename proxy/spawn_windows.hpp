// Starts a program in a job of its own, with a pipe for each of its standard streams, and no other
// handle of ours. Windows.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/windows/object_handle.hpp>
#include <boost/asio/windows/stream_handle.hpp>

#include <string>
#include <vector>

namespace proxy {

// A handle that closes itself.
class owned_handle {
public:
    explicit owned_handle(void* handle) : handle_(handle) {}

    owned_handle(owned_handle&& other) noexcept : handle_(other.release()) {}

    owned_handle(const owned_handle&) = delete;
    owned_handle& operator=(const owned_handle&) = delete;
    owned_handle& operator=(owned_handle&&) = delete;
    ~owned_handle();

    void* get() const { return handle_; }

    void* release();

private:
    void* handle_;
};

struct spawned_program {
    owned_handle job;  // what is in it ends with its last handle
    boost::asio::windows::object_handle process;
    // Our ends.
    boost::asio::windows::stream_handle input;
    boost::asio::windows::stream_handle output;
    boost::asio::windows::stream_handle errors;
};

// Runs `words`, whose first is looked up, with .exe, in the absolute directories of PATH, with
// messages in English. Throws program_missing (proxy/child_process.hpp) or
// boost::system::system_error.
spawned_program spawn(
    const boost::asio::any_io_executor& executor, const std::vector<std::string>& words
);

}  // namespace proxy
