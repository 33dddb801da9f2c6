// A second reader of HTTP/1 messages, written after the source of Go's net/http and with nothing in
// common with ours: whole messages only, line by line, slow. What our parsers are held against.
#pragma once

#include "proxy/http_head.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace fuzz {

enum class verdict { incomplete, accepted, rejected };

struct go_head {
    verdict what = verdict::incomplete;
    std::size_t size = 0;  // with the blank line
    std::string method;
    std::string target;
    bool upgrade = false;  // has an Upgrade field
    proxy::body_framing body;
};

// http.ReadRequest and readTransfer, without the checks that only lead to a 400: those of the URL,
// of the Host field and of the bytes in values.
go_head go_reads_request(std::string_view bytes);

struct go_body {
    verdict what = verdict::incomplete;
    std::size_t size = 0;
};

// net/http/internal/chunked.go, and the trailer behind it.
go_body go_reads_chunked(std::string_view bytes);

}  // namespace fuzz
