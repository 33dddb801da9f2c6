// Requests and responses as text: just enough HTTP to be exact about bytes.
#include "tests/integration/http_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace integration {
namespace {

// The value of a header as Go writes it, or nothing.
std::string header(const std::string& head, std::string_view name)
{
    const auto at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

std::string receive_chunks(test_support::raw_client& connection)
{
    std::string body;
    while (true) {
        const auto size = std::stoul(connection.receive_until("\r\n"), nullptr, 16);
        body += connection.receive(size);
        connection.receive(2);
        if (size == 0) return body;
    }
}

}  // namespace

std::string request(
    std::string_view method_and_target, std::string_view headers, std::string_view body
)
{
    std::string text(method_and_target);
    text += " HTTP/1.1\r\nHost: docker\r\n";
    text += headers;
    if (!body.empty() || method_and_target.starts_with("POST")) {
        text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n";
    }
    text += "\r\n";
    text += body;
    return text;
}

std::string last_request(std::string_view method_and_target, std::string_view body)
{
    return request(method_and_target, "Connection: close\r\n", body);
}

std::string chunk(std::string_view content)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string size;
    for (auto left = content.size(); left != 0; left /= 16) size.insert(0, 1, digits[left % 16]);
    return size + "\r\n" + std::string(content) + "\r\n";
}

int response::status() const
{
    return std::stoi(head.substr(head.find(' ') + 1, 3));
}

response receive_response(test_support::raw_client& connection, bool to_head)
{
    response result{.head = connection.receive_until("\r\n\r\n"), .body = {}};
    const auto status = result.status();
    if (to_head || status < 200 || status == 204 || status == 304) return result;
    if (header(result.head, "Transfer-Encoding") == "chunked") {
        result.body = receive_chunks(connection);
    } else if (const auto length = header(result.head, "Content-Length"); !length.empty()) {
        result.body = connection.receive(std::stoul(length));
    } else {
        throw std::runtime_error("a response without an end: " + result.head);
    }
    return result;
}

std::string unframed(std::string_view stream)
{
    constexpr std::size_t header_size = 8;
    std::string content;
    while (stream.size() >= header_size) {
        std::size_t size = 0;
        for (const char byte : stream.substr(4, 4)) {
            size = size * 256 + static_cast<unsigned char>(byte);
        }
        content += stream.substr(header_size, size);
        stream.remove_prefix(std::min(stream.size(), header_size + size));
    }
    if (!stream.empty()) throw std::runtime_error("half a frame at the end of the stream");
    return content;
}

}  // namespace integration
