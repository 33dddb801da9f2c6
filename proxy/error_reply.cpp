// The answers that Gangway gives in the engine's place.
#include "proxy/error_reply.hpp"

#include <nlohmann/json.hpp>

namespace proxy {
namespace {

// A message may quote a serial log, which need not be UTF-8.
std::string body_of(std::string_view message)
{
    const nlohmann::json body = {{"message", message}};
    return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string head_of(std::string_view status, std::string_view fields, std::size_t length)
{
    std::string head = "HTTP/1.1 ";
    head += status;
    head += "\r\nContent-Type: application/json\r\n";
    head += fields;
    head += "Content-Length: " + std::to_string(length) + "\r\n\r\n";
    return head;
}

std::string ours(std::string_view reason)
{
    return "gangway: " + std::string(reason);
}

}  // namespace

std::string error_reply(std::string_view reason, bool to_head)
{
    const auto body = body_of(ours(reason));
    auto reply = head_of("503 Service Unavailable", "Connection: close\r\n", body.size());
    if (!to_head) reply += body;
    return reply;
}

std::string refusal_reply(std::string_view reason)
{
    const auto body = body_of(ours(reason));
    return head_of("400 Bad Request", "", body.size()) + body;
}

std::string start_refusal_reply(std::string_view message)
{
    const auto body = body_of(message);
    return head_of("500 Internal Server Error", "", body.size()) + body;
}

}  // namespace proxy
