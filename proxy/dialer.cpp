// Dialling: name resolution, connecting, socket options, TLS.
#include "proxy/dialer.hpp"

#include "proxy/socket_stream.hpp"
#include "vmctl/deadline.hpp"
#include "vmctl/gate.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <netinet/tcp.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace asio = boost::asio;

namespace proxy {
namespace {

using asio::ip::tcp;

template <int Name>
using tcp_option = asio::detail::socket_option::integer<IPPROTO_TCP, Name>;

void set_options(tcp::socket& socket)
{
    socket.set_option(tcp::no_delay(true));
    socket.set_option(asio::socket_base::keep_alive(true));
    // First probe after 30 s of silence, dead after six unanswered ones: 90 s in all.
    socket.set_option(tcp_option<TCP_KEEPIDLE>(30));
    socket.set_option(tcp_option<TCP_KEEPINTVL>(10));
    socket.set_option(tcp_option<TCP_KEEPCNT>(6));
}

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

asio::awaitable<std::vector<tcp::endpoint>> addresses_of(config::tcp_endpoint endpoint)
{
    boost::system::error_code is_name;
    const auto address = asio::ip::make_address(endpoint.host, is_name);
    std::vector<tcp::endpoint> found;
    if (!is_name) {
        found.emplace_back(address, endpoint.port);
    } else {
        found = co_await resolve(endpoint.host, endpoint.port);
    }
    co_return found;
}

asio::awaitable<std::unique_ptr<byte_stream>> connect_tcp(config::tcp_endpoint endpoint)
{
    const auto executor = co_await asio::this_coro::executor;
    const auto addresses = co_await addresses_of(std::move(endpoint));
    tcp::socket socket(executor);
    co_await asio::async_connect(socket, addresses, asio::use_awaitable);
    set_options(socket);
    co_return make_socket_stream(std::move(socket));
}

asio::awaitable<std::unique_ptr<byte_stream>> connect_unix(config::unix_endpoint endpoint)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::local::stream_protocol::socket socket(executor);
    const asio::local::stream_protocol::endpoint path(endpoint.path.string());
    co_await socket.async_connect(path, asio::use_awaitable);
    co_return make_socket_stream(std::move(socket));
}

// The name the engine's certificate must carry.
std::string server_name(const vmctl::engine_address& address)
{
    if (!address.tls->server_name.empty()) return address.tls->server_name;
    const auto* remote = std::get_if<config::tcp_endpoint>(&address.endpoint);
    return remote != nullptr ? remote->host : "localhost";
}

// "connect: Connection refused [system:111 at …]" without the part that helps nobody.
std::string reason(const boost::system::system_error& failure)
{
    if (failure.code() == asio::error::timed_out) return "no answer in time";
    return failure.code().message();
}

}  // namespace

dialer::dialer(asio::any_io_executor executor, std::chrono::steady_clock::duration limit)
    : executor_(std::move(executor)), limit_(limit)
{
}

asio::awaitable<std::unique_ptr<byte_stream>> dialer::dial(
    vmctl::engine_address address, application_protocol protocol
)
{
    const auto shown = config::to_string(address.endpoint);
    std::string failed;
    try {
        auto stream = co_await vmctl::with_deadline(limit_, connect(address, protocol));
        co_return stream;
    } catch (const tls_error& error) {
        failed = error.what();
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        failed = reason(error);
    }
    throw dial_error("cannot connect to the engine at " + shown + ": " + failed);
}

asio::awaitable<std::unique_ptr<byte_stream>> dialer::connect(
    vmctl::engine_address address, application_protocol protocol
)
{
    std::unique_ptr<byte_stream> transport;
    if (const auto* remote = std::get_if<config::tcp_endpoint>(&address.endpoint)) {
        transport = co_await connect_tcp(*remote);
    } else {
        transport = co_await connect_unix(std::get<config::unix_endpoint>(address.endpoint));
    }
    if (address.tls) {
        auto context = context_for(*address.tls);
        auto name = server_name(address);
        transport = co_await connect_tls(
            std::move(transport), std::move(context), std::move(name), protocol
        );
    }
    co_return transport;
}

tls_context dialer::context_for(const config::tls_files& files)
{
    std::filesystem::file_time_type newest = std::filesystem::file_time_type::min();
    for (const auto* file : {&files.ca, &files.certificate, &files.key}) {
        std::error_code missing;  // load_tls_context names it
        newest = std::max(newest, std::filesystem::last_write_time(*file, missing));
    }
    if (!loaded_ || loaded_->files != files || loaded_->newest != newest) {
        loaded_ = loaded_context{files, newest, load_tls_context(files)};
    }
    return loaded_->context;
}

}  // namespace proxy
