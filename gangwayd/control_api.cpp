// Requests of the control API mapped to the supervisor and the log.
#include "gangwayd/control_api.hpp"

#include "gangwayd/metrics.hpp"
#include "gangwayd/metrics_text.hpp"
#include "gangwayd/progress_stream.hpp"
#include "gangwayd/status_json.hpp"
#include "gangwayd/version.hpp"
#include "proxy/http_head.hpp"
#include "proxy/unread_buffer.hpp"
#include "vmctl/deadline.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

namespace {

constexpr auto request_limit = std::chrono::seconds(10);

// Every answer ends with the connection: a client needs no framing to read it to the end.
asio::awaitable<void> send(
    proxy::byte_stream& client, std::string status, std::string type, std::string body
)
{
    const auto reply =
        "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nConnection: close\r\n\r\n" + body;
    co_await client.write(asio::buffer(reply));
}

asio::awaitable<void> send_error(
    proxy::byte_stream& client, std::string status, std::string message
)
{
    const nlohmann::json body = {{"message", std::move(message)}};
    // What was asked for may be in the message and need not be UTF-8.
    constexpr auto replace = nlohmann::json::error_handler_t::replace;
    auto text = body.dump(-1, ' ', false, replace) + "\n";
    co_await send(client, std::move(status), "application/json", std::move(text));
}

vmctl::requester requester_of(const proxy::client_connection& client, std::string_view words)
{
    return {
        client.who.uid,
        client.who.pid,
        proxy::command_of(client.who),
        std::string(words),
        vmctl::wake_reason::command,
        proxy::user_of(client.who)};
}

struct request {
    bool present = false;  // else somebody only looked whether we are there
    bool understood = false;
    std::string method;
    std::string target;
};

asio::awaitable<request> read_request(proxy::byte_stream& client)
{
    proxy::request_head_parser parser;
    proxy::unread_buffer unread;
    for (;;) {
        const auto count = co_await client.read_some(unread.space());
        unread.filled(count);
        const auto state = parser.feed(unread.bytes());
        if (state == proxy::head_state::complete) {
            request asked{true, true, parser.head().method, parser.head().target};
            co_return asked;
        }
        if (state == proxy::head_state::refused || count == 0) break;
    }
    request unknown;
    unknown.present = !unread.bytes().empty();
    co_return unknown;
}

}  // namespace

control_api::control_api(
    const config::settings& settings,
    std::vector<std::string> docker_sockets,
    const proxy::server& server,
    vmctl::supervisor* vm,
    const proxy::published_ports* ports,
    std::shared_ptr<log_history> log
)
    : settings_(settings),
      docker_sockets_(std::move(docker_sockets)),
      server_(server),
      vm_(vm),
      ports_(ports),
      log_(std::move(log))
{
}

asio::awaitable<void> control_api::answer(proxy::client_connection& client)
{
    auto asked = co_await vmctl::with_deadline(request_limit, read_request(*client.stream));
    if (!asked.present) co_return;
    if (asked.understood) {
        co_await answer(client, std::move(asked.method), std::move(asked.target));
    } else {
        co_await send_error(*client.stream, "400 Bad Request", "this is no HTTP request");
    }
}

asio::awaitable<void> control_api::answer(
    proxy::client_connection& client, std::string method, std::string target
)
{
    auto& stream = *client.stream;
    const auto asked = method + " " + target;
    if (asked == "GET /v1/version") {
        const nlohmann::json version = {{"version", gangway_version}};
        co_await send(stream, "200 OK", "application/json", version.dump() + "\n");
    } else if (asked == "GET /v1/status") {
        co_await send(stream, "200 OK", "application/json", status());
    } else if (asked == "GET /metrics") {
        auto text = metrics(settings_, server_, vm_, ports_);
        co_await send(stream, "200 OK", std::string(metrics_text::media_type), std::move(text));
    } else if (asked == "GET /v1/ports") {
        co_await send_ports(stream);
    } else if (asked == "GET /v1/logs") {
        co_await send_log(stream, false);
    } else if (asked == "GET /v1/logs?follow=1") {
        // Until the client goes: it says nothing more.
        co_await vmctl::first_to_end(send_log(stream, true), stream.wait_for_hangup());
    } else if (const auto command = find_vm_command(asked)) {
        co_await switch_vm(client, *command);
    } else if (asked == "POST /v1/hold") {
        co_await hold_vm(client);
    } else {
        co_await send_error(stream, "404 Not Found", "the control API has no " + asked);
    }
}

asio::awaitable<void> control_api::switch_vm(
    proxy::client_connection& client, const vm_command& command
)
{
    if (vm_ == nullptr) {
        co_await send_error(*client.stream, "409 Conflict", there_is_no_vm());
        co_return;
    }
    co_await send(*client.stream, "200 OK", "application/x-ndjson", "");
    auto who = requester_of(client, command.words);
    co_await stream_progress(*client.stream, *vm_, command, std::move(who));
}

// Awake for as long as the client stays.
asio::awaitable<void> control_api::hold_vm(proxy::client_connection& client)
{
    if (vm_ == nullptr) {
        co_await send_error(*client.stream, "409 Conflict", there_is_no_vm());
        co_return;
    }
    auto who = requester_of(client, "gangway ssh or cp");
    std::optional<vmctl::lease> use;
    std::string failure;
    try {
        use = co_await vm_->acquire(std::move(who), vmctl::activity::active);
    } catch (const vmctl::engine_unavailable& error) {
        failure = error.what();
    }
    if (!use) {
        co_await send_error(*client.stream, "503 Service Unavailable", std::move(failure));
        co_return;
    }
    const nlohmann::json held = {{"state", vmctl::to_string(vm_->status().state)}};
    co_await send(*client.stream, "200 OK", "application/x-ndjson", held.dump() + "\n");
    co_await client.stream->wait_for_hangup();
}

std::string control_api::there_is_no_vm() const
{
    return "this daemon serves the engine at " +
           config::to_string(settings_.remote_engine->endpoint) +
           "; there is no VM that could be asked for that";
}

asio::awaitable<void> control_api::send_log(proxy::byte_stream& client, bool follow)
{
    co_await send(client, "200 OK", "text/plain; charset=utf-8", "");
    std::uint64_t next = 0;
    for (;;) {
        const auto lines = log_->since(next);
        next = lines.next;
        std::string text;
        for (const auto& line : lines.text) text += line;
        co_await client.write(asio::buffer(text));
        if (!follow) co_return;
        co_await log_->wait_for(next);
    }
}

asio::awaitable<void> control_api::send_ports(proxy::byte_stream& client) const
{
    if (ports_ == nullptr) {
        co_await send_error(client, "409 Conflict", there_is_no_vm());
        co_return;
    }
    auto list = ports_json(ports_->owners());
    co_await send(client, "200 OK", "application/json", std::move(list));
}

std::string control_api::status() const
{
    return status_json(
        settings_, docker_sockets_, server_.session_count(), server_.in_flight(), vm_
    );
}
