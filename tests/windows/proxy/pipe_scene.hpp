// A named pipe that we serve, and clients that work in threads of their own beside its loop.
#pragma once

#include "proxy/listener.hpp"
#include "tests/support/run_loop.hpp"
#include "tests/windows/support/pipe_client.hpp"

#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;
using test_support::pipe_client;

struct pipe_scene {
    asio::io_context loop{1};
    std::string name = test_support::new_pipe_name();
    std::unique_ptr<proxy::listener> served =
        proxy::listen_on(loop.get_executor(), config::pipe_endpoint{name}, "");

    // What the client's part returns, or throws.
    template <class Client>
    auto run(asio::awaitable<void> ours, Client client)
    {
        auto result = std::async(std::launch::async, std::move(client));
        test_support::run_loop(loop, std::move(ours));
        return result.get();
    }
};

// Up to the end.
inline asio::awaitable<std::string> read_all(proxy::byte_stream& from)
{
    std::string all;
    std::string some(100'000, '\0');
    for (;;) {
        const auto count = co_await from.read_some(asio::buffer(some));
        if (count == 0) co_return all;
        all.append(some, 0, count);
    }
}

inline asio::awaitable<std::string> read_exactly(proxy::byte_stream& from, std::size_t size)
{
    std::string all(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const auto count = co_await from.read_some(asio::buffer(all) + have);
        if (count == 0) break;
        have += count;
    }
    all.resize(have);
    co_return all;
}

inline asio::awaitable<void> write_all(proxy::byte_stream& to, std::string bytes)
{
    co_await to.write(asio::buffer(bytes));
}
