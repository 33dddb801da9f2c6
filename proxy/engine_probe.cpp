// The readiness probe.
#include "proxy/engine_probe.hpp"

#include "proxy/exchange.hpp"
#include "proxy/unread_buffer.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

asio::awaitable<void> probe_engine(dialer& dialer, vmctl::engine_address address)
{
    constexpr std::string_view request =
        "GET /_ping HTTP/1.1\r\nHost: gangway\r\nConnection: close\r\n\r\n";
    const auto upstream = co_await dialer.dial(std::move(address));
    co_await upstream->write(asio::buffer(request));

    response_reader responses;
    responses.expect({});
    unread_buffer answer;
    for (;;) {
        const auto count = co_await upstream->read_some(answer.space());
        if (count == 0)
            throw dial_error("the engine closed the connection instead of answering /_ping");
        answer.filled(count);
        const auto first = responses.next(answer.bytes());
        if (first.kind == piece_kind::more) continue;
        if (first.kind == piece_kind::raw) throw dial_error("the engine does not speak HTTP");
        break;
    }
    if (responses.status() != 200) {
        throw dial_error(
            "the engine answered /_ping by status " + std::to_string(responses.status())
        );
    }
}

}  // namespace proxy
