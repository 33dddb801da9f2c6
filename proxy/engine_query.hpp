// Gangway's own questions to the engine, each on a connection of its own, for what is not urgent.
#pragma once

#include "proxy/dialer.hpp"
#include "vmctl/engine.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace proxy {

struct engine_answer {
    int status = 0;
    std::string body;
};

// `request`: "GET /containers/json". Throws dial_error, or whatever breaks the connection; may be
// cancelled (terminal).
boost::asio::awaitable<engine_answer> ask_engine(
    dialer& dialer, vmctl::engine_address address, std::string request
);

// An answer that goes on: `begun` is called once it is there, `take` with each line of it. Returns
// when the engine ends it; throws and may be cancelled like ask_engine().
boost::asio::awaitable<void> follow_engine(
    dialer& dialer,
    vmctl::engine_address address,
    std::string request,
    std::function<void()> begun,
    std::function<void(std::string_view line)> take
);

}  // namespace proxy
