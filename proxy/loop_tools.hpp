// What the sessions of one loop share.
#pragma once

#include "proxy/buffer_pool.hpp"
#include "proxy/deadlines.hpp"
#include "proxy/host_paths.hpp"
#include "proxy/known_answers.hpp"
#include "proxy/splice.hpp"
#include "proxy/traffic.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace proxy {

class start_gate;

// Lives on the loop's thread, and longer than every session.
struct loop_tools {
    explicit loop_tools(boost::asio::any_io_executor loop)
        : executor(std::move(loop)), overdue(executor)
    {
    }

    boost::asio::any_io_executor executor;
    deadlines overdue;
    buffer_pool buffers;
    pipe_pool pipes;
    traffic counted;

    // Asked when a container starts; null: what containers publish is not ours to bring here.
    start_gate* starts = nullptr;

    // Nothing: the engine never sleeps, and answers for itself.
    std::optional<known_answers> known;

    // Where clients connect: paths of Unix sockets, and of pipes as //./pipe/NAME.
    std::vector<std::string> docker_sockets;

    // What a path of this machine is.
    host_paths paths = native_host_paths();

    // For what may block. Most daemons never need it, so its threads come with the first use.
    boost::asio::thread_pool& blocking()
    {
        constexpr std::size_t threads = 2;
        if (!blocking_) blocking_.emplace(threads);
        return *blocking_;
    }

private:
    std::optional<boost::asio::thread_pool> blocking_;
};

}  // namespace proxy
