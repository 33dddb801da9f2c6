// Accepting on TCP.
#include "proxy/open_port.hpp"
#include "proxy/shortage.hpp"
#include "proxy/socket_stream.hpp"
#include "vmctl/host_port.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace proxy {
namespace {

using asio::ip::tcp;

constexpr auto shortage_pause = std::chrono::milliseconds(100);

class tcp_port final : public open_port {
public:
    tcp_port(const asio::any_io_executor& executor, const published_port& where)
        : executor_(executor), acceptor_(executor), pause_(executor)
    {
        const tcp::endpoint endpoint(asio::ip::make_address(where.address), where.port);
        acceptor_.open(endpoint.protocol());
        vmctl::disregard_old_connections(acceptor_);
        if (endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(true));
        acceptor_.bind(endpoint);
        acceptor_.listen();
        acceptor_.non_blocking(true);
    }

    tcp_port(const tcp_port&) = delete;
    tcp_port& operator=(const tcp_port&) = delete;
    tcp_port(tcp_port&&) = delete;
    tcp_port& operator=(tcp_port&&) = delete;

    ~tcp_port() override { *alive_ = false; }

    void serve(std::uint16_t, taker take) override
    {
        take_ = std::move(take);
        resting_ = false;
        stop_waiting();
        for (auto& client : std::exchange(early_, {})) hand_out(std::move(client));
        accept();
    }

    void rest(std::function<void()> knock) override
    {
        resting_ = true;
        knock_ = std::move(knock);
        stop_waiting();
        // Windows does not tell that somebody waits to be accepted: the first is accepted, and
        // kept.
        accept();
    }

    void turn_away() override
    {
        early_.clear();
        boost::system::error_code none;
        for (;;) {
            tcp::socket client(executor_);
            acceptor_.accept(client, none);
            if (none) return;
        }
    }

private:
    void tell()
    {
        if (const auto knock = std::exchange(knock_, nullptr); knock && resting_) knock();
    }

    void stop_waiting()
    {
        boost::system::error_code ignored;
        acceptor_.cancel(ignored);
        pause_.cancel();
    }

    void accept()
    {
        auto take = [this, alive = alive_](boost::system::error_code failure, tcp::socket client) {
            if (!*alive || failure == asio::error::operation_aborted) return;
            if (!failure && resting_) {
                early_.push_back(std::move(client));
                tell();
                return;
            }
            if (!failure) {
                hand_out(std::move(client));
            } else if (is_shortage(failure)) {
                wait_a_moment();
                return;
            } else if (failure != asio::error::connection_aborted) {
                spdlog::error("a published port cannot be served: {}", failure.message());
                return;
            }
            accept();
        };
        acceptor_.async_accept(std::move(take));
    }

    void hand_out(tcp::socket client)
    {
        try {
            client.set_option(tcp::no_delay(true));
            take_(make_socket_stream(std::move(client)));
        } catch (const boost::system::system_error& error) {
            spdlog::warn("a client of a published port is lost: {}", error.code().message());
        }
    }

    void wait_a_moment()
    {
        pause_.expires_after(shortage_pause);
        pause_.async_wait([this, alive = alive_](boost::system::error_code cancelled) {
            if (*alive && !cancelled) accept();
        });
    }

    asio::any_io_executor executor_;
    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    taker take_;
    bool resting_ = false;
    std::function<void()> knock_;
    std::vector<tcp::socket> early_;  // accepted while resting
    // What has completed already is still called after our end.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<open_port> open_tcp_port(
    asio::any_io_executor executor, const published_port& where
)
{
    return std::make_unique<tcp_port>(executor, where);
}

}  // namespace proxy
