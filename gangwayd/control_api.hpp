// The control API (docs/control-api.md): what `gangway` asks of the daemon, answered.
#pragma once

#include "config/settings.hpp"
#include "gangwayd/log_history.hpp"
#include "gangwayd/vm_command.hpp"
#include "proxy/listener.hpp"
#include "proxy/published_ports.hpp"
#include "proxy/server.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <vector>

class control_api {
public:
    // `vm` and `ports` are null when the daemon serves an engine that already runs. All that is
    // referred to must outlive the object.
    control_api(
        const config::settings& settings,
        std::vector<std::string> docker_sockets,
        const proxy::server& server,
        vmctl::supervisor* vm,
        const proxy::published_ports* ports,
        std::shared_ptr<log_history> log
    );

    // Reads one request of `client` and answers it. Returns when the answer is complete; throws
    // when the client is gone.
    boost::asio::awaitable<void> answer(proxy::client_connection& client);

private:
    boost::asio::awaitable<void> answer(
        proxy::client_connection& client, std::string method, std::string target
    );
    boost::asio::awaitable<void> switch_vm(
        proxy::client_connection& client, const vm_command& command
    );
    boost::asio::awaitable<void> hold_vm(proxy::client_connection& client);
    boost::asio::awaitable<void> send_log(proxy::byte_stream& client, bool follow);
    std::string status() const;
    boost::asio::awaitable<void> send_ports(proxy::byte_stream& client) const;
    std::string there_is_no_vm() const;

    const config::settings& settings_;
    std::vector<std::string> docker_sockets_;
    const proxy::server& server_;
    vmctl::supervisor* vm_;
    const proxy::published_ports* ports_;
    std::shared_ptr<log_history> log_;
};
