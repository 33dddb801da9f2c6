// Datagrams: one socket towards the guest for each sender, so that answers find their way back.
#include "proxy/open_port.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace proxy {
namespace {

using asio::ip::udp;
using clock = std::chrono::steady_clock;

// moby cmd/docker-proxy/udp_proxy_linux.go: UDPConnTrackTimeout and UDPBufSize.
constexpr auto silence = std::chrono::seconds(90);
constexpr std::size_t largest = 65507;

// More senders than that at a time are not served: each has a descriptor.
constexpr std::size_t most_flows = 1024;

// After so many datagrams, others have their turn.
constexpr int turn = 64;

class udp_port final : public open_port {
public:
    udp_port(const asio::any_io_executor& executor, const published_port& where)
        : executor_(executor), socket_(executor), sweep_(executor)
    {
        const udp::endpoint endpoint(asio::ip::make_address(where.address), where.port);
        socket_.open(endpoint.protocol());
        if (endpoint.address().is_v6()) socket_.set_option(asio::ip::v6_only(true));
        socket_.bind(endpoint);
        socket_.non_blocking(true);
    }

    udp_port(const udp_port&) = delete;
    udp_port& operator=(const udp_port&) = delete;
    udp_port(udp_port&&) = delete;
    udp_port& operator=(udp_port&&) = delete;

    ~udp_port() override
    {
        *alive_ = false;
        end_all();
    }

    void serve(std::uint16_t target, taker) override
    {
        const udp::endpoint leads_to(asio::ip::address_v4::loopback(), target);
        if (std::exchange(target_, leads_to) != leads_to) end_all();
        resting_ = false;
        wait_for_clients();
    }

    void rest(std::function<void()> knock) override
    {
        resting_ = true;
        knock_ = std::move(knock);
        wait_for_clients();
    }

    void turn_away() override
    {
        boost::system::error_code none;
        while (!none) socket_.receive(asio::buffer(bytes_), 0, none);
    }

private:
    struct flow {
        explicit flow(const asio::any_io_executor& executor) : socket(executor) {}

        udp::socket socket;
        clock::time_point last = clock::now();
    };

    // Whatever goes wrong with a datagram, it is lost, as datagrams may be.
    void wait_for_clients()
    {
        if (std::exchange(waiting_, true)) return;
        auto take = [this, alive = alive_](boost::system::error_code cancelled) {
            if (!*alive || cancelled) return;
            waiting_ = false;
            if (resting_) {
                // It stays in the socket until serve().
                if (const auto knock = std::exchange(knock_, nullptr)) knock();
                return;
            }
            take_what_is_there();
            wait_for_clients();
        };
        socket_.async_wait(udp::socket::wait_read, std::move(take));
    }

    void take_what_is_there()
    {
        for (int each = 0; each < turn; ++each) {
            udp::endpoint sender;
            boost::system::error_code none;
            const auto count = socket_.receive_from(asio::buffer(bytes_), sender, 0, none);
            if (none) break;
            auto* const to = flow_of(sender);
            boost::system::error_code lost;
            if (to != nullptr) to->socket.send(asio::buffer(bytes_.data(), count), 0, lost);
        }
    }

    flow* flow_of(const udp::endpoint& sender)
    {
        if (const auto known = flows_.find(sender); known != flows_.end()) {
            known->second->last = clock::now();
            return known->second.get();
        }
        if (flows_.size() >= most_flows) return nullptr;
        const auto fresh = std::make_shared<flow>(executor_);
        boost::system::error_code failed;
        fresh->socket.open(udp::v4(), failed);
        if (!failed) fresh->socket.non_blocking(true, failed);
        if (!failed) fresh->socket.connect(target_, failed);
        if (failed) return nullptr;
        flows_.emplace(sender, fresh);
        wait_for_answers(sender, fresh);
        if (flows_.size() == 1) sweep_later();
        return fresh.get();
    }

    void wait_for_answers(const udp::endpoint& client, const std::shared_ptr<flow>& from)
    {
        auto take = [this, alive = alive_, client, from](boost::system::error_code cancelled) {
            if (!*alive || cancelled || !from->socket.is_open()) return;
            answer(client, *from);
            wait_for_answers(client, from);
        };
        from->socket.async_wait(udp::socket::wait_read, std::move(take));
    }

    void end_all()
    {
        for (const auto& [client, each] : flows_) end(*each);
        flows_.clear();
    }

    static void end(flow& one)
    {
        boost::system::error_code ignored;
        one.socket.close(ignored);
    }

    void answer(const udp::endpoint& client, flow& from)
    {
        boost::system::error_code none;
        const auto count = from.socket.receive(asio::buffer(bytes_), 0, none);
        if (none) return;
        from.last = clock::now();
        boost::system::error_code lost;
        socket_.send_to(asio::buffer(bytes_.data(), count), client, 0, lost);
    }

    void sweep_later()
    {
        sweep_.expires_after(silence);
        sweep_.async_wait([this, alive = alive_](boost::system::error_code) {
            if (!*alive) return;
            const auto since = clock::now() - silence;
            std::erase_if(flows_, [since](const auto& each) {
                const bool silent = each.second->last < since;
                if (silent) end(*each.second);
                return silent;
            });
            if (!flows_.empty()) sweep_later();
        });
    }

    asio::any_io_executor executor_;
    udp::socket socket_;
    asio::steady_timer sweep_;
    udp::endpoint target_;
    bool waiting_ = false;  // for the next datagram
    bool resting_ = false;
    std::function<void()> knock_;
    std::vector<char> bytes_ = std::vector<char>(largest);
    std::map<udp::endpoint, std::shared_ptr<flow>> flows_;
    // What has completed already is still called after our end.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<open_port> open_udp_port(
    asio::any_io_executor executor, const published_port& where
)
{
    return std::make_unique<udp_port>(executor, where);
}

}  // namespace proxy
