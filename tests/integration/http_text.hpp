// Requests and responses as text, for clients that speak bytes.
#pragma once

#include "tests/support/raw_client.hpp"

#include <string>
#include <string_view>

namespace integration {

// A request with a Host and, when there is a body or the method wants one, a Content-Length.
// `headers` are whole lines.
std::string request(
    std::string_view method_and_target, std::string_view headers = "", std::string_view body = ""
);

// A request after whose response the engine closes.
std::string last_request(std::string_view method_and_target, std::string_view body = "");

std::string chunk(std::string_view content);

inline constexpr std::string_view last_chunk = "0\r\n\r\n";

struct response {
    std::string head;
    std::string body;

    int status() const;
};

// Reads one response with a Content-Length or chunks, or one without a body. `to_head`: it answers
// a HEAD request.
response receive_response(test_support::raw_client& connection, bool to_head = false);

// A multiplexed stream without its frame headers, standard output and standard error in order.
std::string unframed(std::string_view stream);

}  // namespace integration
