// The readiness probe.
#include "proxy/engine_probe.hpp"

#include "proxy/engine_query.hpp"

#include <string>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

asio::awaitable<void> probe_engine(dialer& dialer, vmctl::engine_address address)
{
    const auto answer = co_await ask_engine(dialer, std::move(address), "GET /_ping");
    if (answer.status != 200) {
        throw dial_error("the engine answered /_ping by status " + std::to_string(answer.status));
    }
}

}  // namespace proxy
