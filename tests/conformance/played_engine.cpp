// The played engine's sockets and the daemon in front of them.
#include "tests/conformance/played_engine.hpp"

#include "tests/integration/http_text.hpp"

#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace conformance {

using integration::upstream;
using test_support::gangwayd_options;

played_engine::played_engine(upstream which, test_support::tls_engine_options options)
{
    const auto socket = directory_ / "engine.sock";
    const auto& pki = integration::shared_engines().pki;
    gangwayd_options address{.engine = "unix://" + socket.string()};
    if (which == upstream::mutual_tls) {
        tls_.emplace(pki.engine, std::move(options));
        address.engine = "tcp://127.0.0.1:" + std::to_string(tls_->port());
        address.tls_dir = pki.client;
    } else if (which == upstream::tcp) {
        plain_.emplace();
        address.engine = "tcp://127.0.0.1:" + std::to_string(plain_->port());
    } else {
        plain_.emplace(socket);
    }
    if (which != upstream::direct) gangwayd_.emplace(directory_.path(), address);
}

raw_client played_engine::connect() const
{
    return raw_client::to_socket(
        gangwayd_ ? gangwayd_->docker_socket() : directory_ / "engine.sock"
    );
}

std::unique_ptr<conversation> played_engine::accept()
{
    if (tls_) return tls_->accept();
    return std::make_unique<raw_client>(plain_->accept());
}

played_pair played_engine::converse(std::string_view request)
{
    auto client = connect();
    client.send(request);
    auto engine = accept();
    const auto received = engine->receive(request.size());
    if (received != request) throw std::runtime_error("the engine received\n" + received);
    return {std::move(client), std::move(engine)};
}

played_pair played_engine::hijacked()
{
    auto pair = converse(integration::request(
        "POST /containers/c/attach?stream=1&stdin=1&stdout=1",
        "Connection: Upgrade\r\nUpgrade: tcp\r\n"
    ));
    const std::string head =
        "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
        "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    pair.engine->send(head);
    const auto received = pair.client.receive(head.size());
    if (received != head) throw std::runtime_error("the client received\n" + received);
    return pair;
}

bool played_engine::has_pending() const
{
    return tls_ ? tls_->has_pending() : plain_->has_pending();
}

pid_t played_engine::pid() const
{
    return gangwayd_ ? gangwayd_->pid() : ::getpid();
}

}  // namespace conformance
