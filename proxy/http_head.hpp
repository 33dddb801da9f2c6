// Reads HTTP/1.x message heads as Go's net/http does, since dockerd is what stands behind us. Pure
// and incremental: bytes go in, a verdict comes out; nothing is copied but what routing and framing
// need, and nothing is ever re-serialised. A head that Go might read differently is refused, never
// guessed at: the session then tunnels it raw and the engine gives its own answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace proxy {

// Go's DefaultMaxHeaderBytes and the bufio slop that http.Server adds to it (net/http/server.go,
// initialReadLimitSize). Past it dockerd answers 431.
inline constexpr std::size_t max_head_size = (std::size_t{1} << 20) + 4096;

// How the end of a body is found (RFC 9112 section 6).
enum class body_kind { none, length, chunked, until_close };

struct body_framing {
    body_kind kind = body_kind::none;
    std::uint64_t length = 0;  // for body_kind::length
    bool operator==(const body_framing&) const = default;
};

struct request_head {
    std::string method;
    std::string target;  // as on the request line
    body_framing body;
    // Carries an Upgrade field, with a value or without, as moby asks
    // (daemon/server/router/container/container_routes.go, postContainersAttach).
    bool upgrade = false;
    // The client sends the body only after an interim response (RFC 9110 section 10.1.1).
    bool expects_continue = false;
    bool http_1_0 = false;  // else HTTP/1.1
};

struct response_head {
    int status = 0;
    body_framing
        body;  // what the fields alone say; HEAD, 1xx, 204 and 304 are the reader's business
    // The connection ends with it, or may (RFC 9112 section 9.3): HTTP/1.0, or a Connection field
    // that says more than keep-alive.
    bool closes = false;
};

enum class head_state {
    incomplete,  // more bytes are needed
    complete,    // size() bytes are the head
    refused,     // not a head that we and Go are sure to read alike
};

// The part that requests and responses share: lines, fields, framing. One instance reads one head;
// feed() is called with the same bytes from the head's start, grown, and never looks at a line
// twice.
class head_parser {
public:
    virtual ~head_parser() = default;
    head_parser() = default;
    head_parser(const head_parser&) = default;
    head_parser& operator=(const head_parser&) = default;
    head_parser(head_parser&&) = default;
    head_parser& operator=(head_parser&&) = default;

    // Looks at `bytes`, which begin at the head's first byte. Once the result is not `incomplete`,
    // further calls return the same.
    head_state feed(std::string_view bytes);

    // Length of the head with its blank line, once complete.
    std::size_t size() const { return position_; }

protected:
    // False: refuse.
    virtual bool start_line(std::string_view line) = 0;
    virtual void field(std::string_view name, std::string_view value) = 0;
    virtual bool finished() = 0;

    // Transfer-Encoding wins over Content-Length, as in Go (net/http/transfer.go). Without either
    // the result is `otherwise`.
    body_framing framing(body_kind otherwise) const;

    bool has_transfer_encoding() const { return transfer_encodings_ > 0; }

private:
    bool take_line(std::string_view line);
    bool take_field(std::string_view line);

    head_state state_ = head_state::incomplete;
    std::size_t position_ = 0;  // where the next line begins
    std::size_t scanned_ = 0;   // up to here there is no line end after position_
    bool have_start_line_ = false;
    bool frames_last_ = false;  // the last field decides the framing: a continuation is refused
    int transfer_encodings_ = 0;
    bool has_length_ = false;
    std::uint64_t length_ = 0;
};

class request_head_parser final : public head_parser {
public:
    const request_head& head() const { return head_; }

    // Once, when complete.
    request_head take_head() { return std::move(head_); }

private:
    bool start_line(std::string_view line) override;
    void field(std::string_view name, std::string_view value) override;
    bool finished() override;

    request_head head_;
};

class response_head_parser final : public head_parser {
public:
    const response_head& head() const { return head_; }

private:
    bool start_line(std::string_view line) override;

    void field(std::string_view name, std::string_view value) override;
    bool finished() override;

    response_head head_;
};

}  // namespace proxy
