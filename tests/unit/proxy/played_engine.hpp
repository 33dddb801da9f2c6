// An engine that knows as much of containers and services as the book of published ports asks.
#pragma once

#include "tests/support/run_loop.hpp"
#include "vmctl/engine.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace published {

using asio::ip::tcp;
using nlohmann::json;
using test_support::until;

inline tcp::endpoint loopback(std::uint16_t port)
{
    return {asio::ip::address_v4::loopback(), port};
}

// Answers inspections and the list, and keeps the stream of events open.
class played_engine {
public:
    explicit played_engine(asio::io_context& loop) : loop_(loop), acceptor_(loop, loopback(0))
    {
        asio::co_spawn(loop_, accept(), asio::detached);
    }

    // A container that publishes `port` of 127.0.0.1.
    void has(const std::string& id, bool running, std::uint16_t port, bool by_number = true)
    {
        const json bindings = {
            {"80/tcp", {{{"HostIp", "127.0.0.1"}, {"HostPort", std::to_string(port)}}}}};
        json& one = containers_[id];
        one = {{"Id", id}, {"Name", "/" + id}, {"State", {{"Running", running}}}};
        if (by_number) one["HostConfig"]["PortBindings"] = bindings;
        if (running) one["NetworkSettings"]["Ports"] = bindings;
    }

    json& container(const std::string& id) { return containers_[id]; }

    void lacks(const std::string& id) { containers_.erase(id); }

    // The ports of one service, on all addresses; 0: there is no service.
    void serves(std::uint16_t port)
    {
        services_ = json::array();
        const json one = {{"Protocol", "tcp"}, {"PublishedPort", port}, {"PublishMode", "ingress"}};
        if (port != 0) services_.push_back({{"Endpoint", {{"Ports", {one}}}}});
    }

    void tell(const std::string& id, const std::string& type = "container")
    {
        const json event = {{"Type", type}, {"Action", "start"}, {"Actor", {{"ID", id}}}};
        const auto line = event.dump() + "\n";
        for (auto& each : followers_) asio::write(each, asio::buffer(line));
    }

    std::size_t followers() const { return followers_.size(); }

    // Whether the book has looked at all that there is, as it does first.
    bool is_known() const
    {
        const auto is_asked = [this](const std::string& what) {
            return std::ranges::find(asked, "GET " + what) != asked.end();
        };
        return is_asked("/services") && std::ranges::all_of(containers_, [&](const auto& each) {
                   return is_asked("/containers/" + each.first + "/json");
               });
    }

    vmctl::engine_address address() const
    {
        vmctl::engine_address where;
        where.endpoint = config::tcp_endpoint{"127.0.0.1", acceptor_.local_endpoint().port()};
        return where;
    }

    // Of every follower.
    void end_events() { followers_.clear(); }

    void leave()
    {
        acceptor_.close();
        followers_.clear();
    }

    std::vector<std::string> asked;
    bool broken = false;       // every question is an error
    bool delays_next = false;  // the answer to the next question, as long as `delayed`
    bool delayed = true;
    bool answered_late = false;

private:
    asio::awaitable<void> accept()
    {
        boost::system::error_code ended;
        while (!ended) {
            auto client =
                co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, ended));
            if (!ended) asio::co_spawn(loop_, answer(std::move(client)), asio::detached);
        }
    }

    asio::awaitable<void> answer(tcp::socket client)
    {
        std::string request;
        while (!request.ends_with("\r\n\r\n")) {
            std::array<char, 1000> bytes;
            const auto count =
                co_await client.async_read_some(asio::buffer(bytes), asio::use_awaitable);
            request.append(bytes.data(), count);
        }
        asked.push_back(request.substr(0, request.find(" HTTP")));
        const auto target = asked.back();
        std::string body;
        if (target.starts_with("GET /events")) {
            co_await asio::async_write(
                client, asio::buffer(std::string("HTTP/1.0 200 OK\r\n\r\n")), asio::use_awaitable
            );
            followers_.push_back(std::move(client));
            co_return;
        }
        if (target == "GET /containers/json") {
            json list = json::array();
            for (const auto& [id, each] : containers_) list.push_back({{"Id", id}});
            body = list.dump();
        } else if (target == "GET /services") {
            body = services_.dump();
        } else if (target.starts_with("GET /containers/")) {
            const auto id = target.substr(16, target.rfind('/') - 16);
            if (containers_.contains(id)) body = containers_[id].dump();
        } else if (target.starts_with("DELETE /containers/")) {
            body = "removed";
        }
        std::string status = body.empty() ? "404 Not Found" : "200 OK";
        if (broken) {
            status = "500 Internal Server Error";
            body = R"({"message":"broken"})";
        }
        // What it tells is how it was when it was asked.
        const bool late = std::exchange(delays_next, false);
        if (late) co_await until([this] { return !delayed; });
        const auto reply = "HTTP/1.0 " + status + "\r\n\r\n" + body;
        co_await asio::async_write(client, asio::buffer(reply), asio::use_awaitable);
        answered_late = answered_late || late;
    }

    asio::io_context& loop_;
    tcp::acceptor acceptor_;
    std::map<std::string, json> containers_;
    json services_ = json::array();
    std::list<tcp::socket> followers_;
};

}  // namespace published
