// The one answer that Gangway gives in the engine's place.
#include "proxy/error_reply.hpp"

#include <nlohmann/json.hpp>

namespace proxy {

std::string error_reply(std::string_view reason, bool to_head)
{
    const nlohmann::json body = {{"message", "gangway: " + std::string(reason)}};
    // A reason may quote a serial log, which need not be UTF-8.
    const auto text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    auto reply =
        "HTTP/1.1 503 Service Unavailable\r\n"
        "Content-Type: application/json\r\n"
        "Connection: close\r\n"
        "Content-Length: " +
        std::to_string(text.size()) + "\r\n\r\n";
    if (!to_head) reply += text;
    return reply;
}

}  // namespace proxy
