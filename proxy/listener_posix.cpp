// Accepting clients on unix sockets.
#include "proxy/inherited_sockets.hpp"
#include "proxy/listener.hpp"
#include "proxy/new_socket.hpp"
#include "proxy/shortage.hpp"
#include "proxy/socket_file.hpp"
#include "proxy/socket_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace asio = boost::asio;

namespace proxy {
namespace {

using asio::local::stream_protocol;

class unix_listener final : public listener {
public:
    unix_listener(const asio::any_io_executor& executor, int descriptor, std::string name)
        : acceptor_(executor, stream_protocol(), descriptor), name_(std::move(name))
    {
        acceptor_.non_blocking(true);
    }

    // Keeps `file` claimed for as long as it listens.
    unix_listener(const asio::any_io_executor& executor, std::unique_ptr<socket_file> file)
        : file_(std::move(file)),
          acceptor_(executor, stream_protocol(), file_->bind_and_listen()),
          name_("unix://" + file_->path().string())
    {
        acceptor_.non_blocking(true);
    }

    asio::awaitable<client_connection> accept() override
    {
        const auto executor = co_await asio::this_coro::executor;
        bool told = false;
        for (;;) {
            boost::system::error_code ec;
            auto client = accept_now(executor, ec);
            if (client) co_return std::move(*client);
            if (ec == asio::error::connection_aborted) continue;
            if (ec == asio::error::would_block) {
                co_await acceptor_.async_wait(
                    stream_protocol::acceptor::wait_read, asio::use_awaitable
                );
                continue;
            }
            if (!is_shortage(ec)) throw boost::system::system_error(ec, "accept on " + name_);
            if (!std::exchange(told, true)) {
                spdlog::warn("{}: clients have to wait: {}", name_, ec.message());
            }
            asio::steady_timer pause(executor, std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    std::string name() const override { return name_; }

private:
    // Without Asio's own socket, which would be registered in its reactor and taken out again.
    std::optional<client_connection> accept_now(
        const asio::any_io_executor& executor, boost::system::error_code& ec
    )
    {
        const int descriptor = accept_stream(acceptor_.native_handle());
        if (descriptor < 0) {
            ec.assign(errno, boost::system::system_category());
            return std::nullopt;
        }
        try {
            const auto who = peer_of(descriptor);
            return client_connection{make_socket_stream(executor, descriptor), who};
        } catch (const boost::system::system_error& error) {
            ec = error.code();
            return std::nullopt;
        }
    }

    std::unique_ptr<socket_file> file_;
    stream_protocol::acceptor acceptor_;
    std::string name_;
};

std::string path_of(int descriptor)
{
    stream_protocol::endpoint endpoint;
    auto size = static_cast<socklen_t>(endpoint.capacity());
    if (::getsockname(descriptor, endpoint.data(), &size) != 0)
        return "fd://" + std::to_string(descriptor);
    endpoint.resize(size);
    return "unix://" + endpoint.path();
}

}  // namespace

std::unique_ptr<listener> listen_on(
    asio::any_io_executor executor, const config::local_endpoint& endpoint, const std::string& group
)
{
    const auto* const socket = std::get_if<config::unix_endpoint>(&endpoint);
    if (socket == nullptr) {
        throw listen_error(config::to_string(endpoint) + ": named pipes exist on Windows only");
    }
    auto file = std::make_unique<socket_file>(socket->path, group);
    return std::make_unique<unix_listener>(executor, std::move(file));
}

std::vector<std::unique_ptr<listener>> inherited_listeners(asio::any_io_executor executor)
{
    std::vector<std::unique_ptr<listener>> listeners;
    for (const int descriptor : inherited_sockets()) {
        listeners.push_back(
            std::make_unique<unix_listener>(executor, descriptor, path_of(descriptor))
        );
    }
    return listeners;
}

}  // namespace proxy
