// A daemon's parts about its metrics: a server before an engine that the test plays, or before a
// supervised VM, and the control API's side of a connection.
#pragma once

#include "gangwayd/control_api.hpp"
#include "gangwayd/metrics.hpp"
#include "tests/support/run_loop.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/unit/gangwayd/metrics_rules.hpp"
#include "tests/unit/proxy/session_fixture.hpp"
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <boost/asio/detached.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace metrics_scene {

using test_support::run_loop;

inline std::string body_of(const std::string& reply)
{
    return reply.substr(reply.find("\r\n\r\n") + 4);
}

struct remote_scene {
    remote_scene()
        : acceptor(loop, {asio::ip::make_address("127.0.0.1"), 0}),
          engine(loop.get_executor()),
          dialer(loop.get_executor())
    {
        const config::tcp_endpoint where{"127.0.0.1", acceptor.local_endpoint().port()};
        engine.address.endpoint = where;
        settings.remote_engine = config::remote_engine_settings{where, std::nullopt};
        std::vector<std::unique_ptr<proxy::listener>> listeners;
        listeners.push_back(proxy::listen_on(loop.get_executor(), config::unix_endpoint{path}, ""));
        server.emplace(loop.get_executor(), std::move(listeners), engine, dialer);
        server->start([](const std::string&) {});
        auto log = std::make_shared<log_history>(loop.get_executor());
        api.emplace(
            settings, std::vector<std::string>(), *server, nullptr, nullptr, std::move(log)
        );
    }

    client_socket connect()
    {
        client_socket client(loop);
        client.connect(path.string());
        return client;
    }

    // The first of a connection, which brings the engine's side.
    asio::awaitable<engine_peer> exchange(
        client_socket& client, std::string request, std::string answer
    )
    {
        co_await send(client, request);
        auto socket = co_await acceptor.async_accept(asio::use_awaitable);
        co_await receive(socket, request.size());
        co_await send(socket, answer);
        co_await receive(client, answer.size());
        co_return socket;
    }

    asio::awaitable<void> exchange(
        client_socket& client, engine_peer& socket, std::string request, std::string answer
    )
    {
        co_await send(client, request);
        co_await receive(socket, request.size());
        co_await send(socket, answer);
        co_await receive(client, answer.size());
    }

    // On the control socket.
    asio::awaitable<std::string> ask(std::string request)
    {
        client_socket outer(loop);
        {
            proxy::client_connection connection{served_end_of(outer), {1000, 42, "curl"}};
            co_await send(outer, request + " HTTP/1.1\r\nHost: gangway\r\n\r\n");
            co_await api->answer(connection);
        }
        co_return co_await receive_all(outer);
    }

    asio::awaitable<void> end() { return server->stop(std::chrono::seconds(0)); }

    test_support::test_directory directory;
    std::filesystem::path path = directory / "docker.sock";
    asio::io_context loop{1};
    asio::ip::tcp::acceptor acceptor;
    test_engine engine;
    proxy::dialer dialer;
    config::settings settings;
    std::optional<proxy::server> server;
    std::optional<control_api> api;
};

class vm_scene {
public:
    explicit vm_scene(vmctl_test::supervised_vm& test)
        : vm_(test.vm),
          dialer_(test.loop.get_executor()),
          server_(test.loop.get_executor(), {}, vm_, dialer_),
          ports_(test.loop.get_executor(), vm_, dialer_, vm_)
    {
        settings_.state_dir = test.directory.path();
    }

    std::string text() const { return metrics(settings_, server_, &vm_, &ports_); }

    asio::awaitable<void> end()
    {
        co_await ports_.stop();
        co_await server_.stop(std::chrono::seconds(0));
    }

private:
    vmctl::supervisor& vm_;
    proxy::dialer dialer_;
    config::settings settings_;
    proxy::server server_;
    proxy::published_ports ports_;
};

}  // namespace metrics_scene
