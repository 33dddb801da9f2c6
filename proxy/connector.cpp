// Plain connections: which way an endpoint names, and the addresses of a name.
#include "proxy/connector.hpp"

#include "proxy/asio_bridge.hpp"
#include "vmctl/gate.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace asio = boost::asio;

namespace proxy {
namespace {

using asio::ip::tcp;

struct resolution {
    explicit resolution(asio::any_io_executor executor) : resolver(executor), ended(executor) {}

    tcp::resolver resolver;
    vmctl::gate ended;
    boost::system::error_code failure;
    std::vector<tcp::endpoint> found;
};

// getaddrinfo cannot be called off and may take a resolver's time-outs: who does not want to wait
// any longer leaves it to end by itself.
asio::awaitable<std::vector<tcp::endpoint>> resolve(std::string host, std::uint16_t port)
{
    const auto executor = co_await asio::this_coro::executor;
    auto running = std::make_shared<resolution>(executor);
    running->resolver.async_resolve(
        host,
        std::to_string(port),
        [running](boost::system::error_code failure, const tcp::resolver::results_type& found) {
            running->failure = failure;
            for (const auto& each : found) running->found.push_back(each.endpoint());
            running->ended.open();
        }
    );
    co_await running->ended.wait();
    if (running->failure) throw boost::system::system_error(running->failure);
    co_return running->found;
}

}  // namespace

void dial_attempt::call_off()
{
    called_off_ = true;
    waiting_for_asio_.emit(asio::cancellation_type::terminal);
    if (connecting_ != nullptr) connecting_->abort();
}

io_task<std::unique_ptr<byte_stream>> connector::connect(
    const config::engine_endpoint& to, dial_attempt& attempt
)
{
    if (const auto* remote = std::get_if<config::tcp_endpoint>(&to)) {
        auto stream = co_await connect_tcp(*remote, attempt);
        co_return std::move(stream);
    }
    if (const auto* remote = std::get_if<config::ssh_endpoint>(&to)) {
        auto stream = co_await connect_ssh(*remote, attempt);
        co_return std::move(stream);
    }
    auto stream = co_await connect_local(std::get<config::unix_endpoint>(to), attempt);
    co_return std::move(stream);
}

io_task<std::unique_ptr<byte_stream>> connector::connect_tcp(
    const config::tcp_endpoint& endpoint, dial_attempt& attempt
)
{
    boost::system::error_code is_name;
    const auto literal = asio::ip::make_address(endpoint.host, is_name);
    std::vector<tcp::endpoint> addresses{{literal, endpoint.port}};
    if (is_name) {
        auto resolving = resolve(endpoint.host, endpoint.port);
        from_asio answer(executor_, std::move(resolving), attempt.slot());
        addresses = co_await answer;
    }
    std::exception_ptr failure;
    for (const auto& each : addresses) {
        try {
            auto stream = co_await connect_socket(each, attempt);
            co_return std::move(stream);
        } catch (const boost::system::system_error&) {
            failure = std::current_exception();
        }
        if (attempt.called_off()) break;
    }
    std::rethrow_exception(failure);
}

}  // namespace proxy
