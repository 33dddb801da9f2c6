// Requests whose answer depends on nothing but their method and target, as far as dockerd reads
// them. Pure. What it does not know for certain is no such request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace proxy {

// `head` is the head of a request, as the client sent it, with its blank line. Gives "GET /_ping":
// two requests with the same question get the same answer as long as the engine stays the same.
// Nothing: fields that might matter, a body, or a spelling that Go may refuse.
std::optional<std::string> plain_question(std::string_view head);

}  // namespace proxy
