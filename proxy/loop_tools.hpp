// What the sessions of one loop share.
#pragma once

#include "proxy/buffer_pool.hpp"
#include "proxy/deadlines.hpp"
#include "proxy/splice.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <utility>

namespace proxy {

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
};

}  // namespace proxy
