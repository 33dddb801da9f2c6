// The two directions of one HTTP/1.1 connection, cut into heads and bodies. Pure: the session feeds
// the bytes it has, is told what the first of them are, and moves them on unchanged.
#pragma once

#include "proxy/body_reader.hpp"
#include "proxy/http_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace proxy {

enum class piece_kind {
    more,  // nothing can be said before more bytes come; nothing may be moved yet
    head,  // `size` bytes are a complete head
    body,  // `size` bytes belong to the current message's body
    raw,   // from here on no framing is known or needed: every byte, now and later, is moved as it
           // is
};

struct piece {
    piece_kind kind = piece_kind::more;
    std::size_t size = 0;
    bool ends_message = false;
    bool operator==(const piece&) const = default;
};

// Client to engine.
class request_reader {
public:
    // What the first bytes of `unread` are. `unread` begins where the last piece ended.
    piece next(std::string_view unread);

    // After a piece of kind `head`: that head, until the next one.
    const request_head& head() const { return head_; }

    // The connection has been hijacked: no more requests.
    void turn_raw() { raw_ = true; }

private:
    bool raw_ = false;
    bool in_body_ = false;
    request_head_parser parser_;
    request_head head_;
    body_reader body_;
};

// What the reader of responses must know of each request.
struct expected_response {
    bool to_head = false;     // the request's method is HEAD: no body whatever the fields say
    bool may_hijack = false;  // a response without framing turns the connection into a raw stream
};

enum class response_role {
    interim,  // 1xx: the real one follows
    final,
    hijacked,  // the bytes that follow are the hijacked stream
};

// Engine to client. Responses answer requests in order (RFC 9112 section 9.3.2).
class response_reader {
public:
    void expect(expected_response next) { expected_.push_back(next); }

    // As request_reader::next. An unexpected or unintelligible response is raw.
    piece next(std::string_view unread);

    // So many of the next bytes can be moved without next() having looked at them; skip() is told
    // of those that were. Without end: std::numeric_limits<std::uint64_t>::max().
    std::uint64_t opaque() const;
    void skip(std::uint64_t count);

    // The next byte belongs to a body, or to a stream without framing.
    bool within_body() const { return raw_ || in_body_; }

    // After a piece of kind `head`.
    int status() const { return status_; }

    response_role role() const { return role_; }

    // The engine ends the connection after that response, and its client knows.
    bool closes() const { return closes_; }

    // Of that response's body.
    const body_framing& framing() const { return framing_; }

    // The response answers a request that might have been hijacked.
    bool answers_hijack() const { return answers_hijack_; }

private:
    piece take_head();

    bool raw_ = false;
    bool in_body_ = false;
    std::vector<expected_response> expected_;
    response_head_parser parser_;
    body_framing framing_;
    body_reader body_;
    int status_ = 0;
    bool closes_ = false;
    response_role role_ = response_role::final;
    bool answers_hijack_ = false;
};

}  // namespace proxy
