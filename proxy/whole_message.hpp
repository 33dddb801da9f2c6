// A message that is here as a whole: its body without framing, and the same message with another
// body. Pure.
#pragma once

#include "proxy/http_head.hpp"

#include <string>
#include <string_view>

namespace proxy {

// `framed` is what follows the head, complete and well-formed (body_reader has read it).
std::string unframed_body(const body_framing& framing, std::string_view framed);

// `head` without the field Expect, which was answered.
std::string without_expectation(std::string_view head);

// `head` of a request, with another target.
std::string with_target(std::string_view head, std::string_view target);

// `body`, which is not empty, in one chunk.
std::string chunk_of(std::string_view body);

// `head` is that of the message, with its blank line. Of its bytes, Content-Length's value alone
// changes; a chunked body comes in one chunk, and trailers, which dockerd does not read, are gone.
std::string message_with_body(
    const body_framing& framing, std::string_view head, std::string_view body
);

}  // namespace proxy
