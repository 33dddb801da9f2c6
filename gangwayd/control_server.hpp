// Serves the control API (docs/control-api.md) on the control socket: clients, heads, answers. What
// the requests mean is control_api's business.
#pragma once

#include "gangwayd/control_api.hpp"
#include "proxy/listener.hpp"
#include "vmctl/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>

// Lives on the loop's thread. stop() must have returned before it is destroyed.
class control_server {
public:
    control_server(
        boost::asio::any_io_executor executor,
        std::unique_ptr<proxy::listener> listener,
        control_api& api
    );

    // `failed` is told, as a sentence, when the socket cannot be served any more.
    void start(std::function<void(std::string)> failed);

    // Stops accepting and breaks off what runs.
    boost::asio::awaitable<void> stop();

private:
    boost::asio::awaitable<void> accept();

    std::unique_ptr<proxy::listener> listener_;
    control_api& api_;
    vmctl::task_group tasks_;
};
