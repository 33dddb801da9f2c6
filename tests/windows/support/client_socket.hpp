// A client of a session or a server in tests: our stream at the client's end of a named pipe, with
// what the tests use of Asio's sockets. POSIX has a file of the same name (tests/support/posix).
#pragma once

#include "proxy/pipe_stream.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

class client_socket {
public:
    using executor_type = boost::asio::any_io_executor;
    using error_code = boost::system::error_code;

    enum shutdown_type { shutdown_send };

    explicit client_socket(boost::asio::io_context& loop) : executor_(loop.get_executor()) {}

    executor_type get_executor() const { return executor_; }

    // Our stream on the client's end of a pipe.
    void take(void* pipe)
    {
        pipe_ = pipe;
        stream_ = proxy::make_pipe_stream(executor_, pipe, proxy::pipe_end::client);
        stream_->hijacked();  // a client takes every zero-length message for an end
    }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        const boost::asio::mutable_buffer into = *boost::asio::buffer_sequence_begin(buffers);
        return begin(
            [](proxy::byte_stream& from, auto bytes) { return from.read_some(bytes); }, into, token
        );
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        const boost::asio::const_buffer from = *boost::asio::buffer_sequence_begin(buffers);
        return begin(write_all, from, token);
    }

    // What can be written at once.
    template <class Buffer>
    std::size_t write_some(const Buffer& buffer, error_code& full)
    {
        boost::asio::const_buffer rest = buffer;
        full = {};
        stream_->write_now(rest);
        const auto count = buffer.size() - rest.size();
        if (count == 0) full = boost::asio::error::would_block;
        return count;
    }

    // How many bytes there are to be read.
    std::size_t available() const;

    void non_blocking(bool) {}

    void shutdown(shutdown_type) { stream_->finish_now(); }

    void close() { stream_.reset(); }

private:
    static boost::asio::awaitable<std::size_t> write_all(
        proxy::byte_stream& to, boost::asio::const_buffer bytes
    )
    {
        co_await to.write(bytes);
        co_return bytes.size();
    }

    template <class Operation, class Buffer, class Token>
    auto begin(Operation operation, Buffer buffer, Token& token)
    {
        return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this, operation, buffer](auto handler) {
                boost::asio::co_spawn(
                    executor_,
                    operation(*stream_, buffer),
                    [handler = std::move(handler), size = buffer.size()](
                        const std::exception_ptr& thrown, std::size_t count
                    ) mutable {
                        error_code failure;
                        try {
                            if (thrown) std::rethrow_exception(thrown);
                            if (count == 0 && size > 0) failure = boost::asio::error::eof;
                        } catch (const boost::system::system_error& error) {
                            failure = error.code();
                        }
                        std::move(handler)(failure, count);
                    }
                );
            },
            token
        );
    }

    executor_type executor_;
    void* pipe_ = nullptr;  // of stream_
    std::unique_ptr<proxy::byte_stream> stream_;
};

// Connects it; our end.
std::unique_ptr<proxy::byte_stream> served_end_of(client_socket& client);
