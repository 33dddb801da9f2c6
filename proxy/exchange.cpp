// Requests and responses cut into pieces.
#include "proxy/exchange.hpp"

#include <limits>
#include <utility>

namespace proxy {

piece request_reader::next(std::string_view unread)
{
    if (unread.empty()) return {};
    if (!raw_ && in_body_) {
        const auto size = body_.take(unread);
        raw_ = body_.malformed();
        if (!raw_) {
            in_body_ = !body_.finished();
            return {piece_kind::body, size, !in_body_};
        }
    }
    if (!raw_) {
        switch (parser_.feed(unread)) {
            case head_state::incomplete:
                return {};
            case head_state::refused:
                raw_ = true;
                break;
            case head_state::complete: {
                const auto size = parser_.size();
                head_ = parser_.take_head();
                parser_ = {};
                body_ = body_reader(head_.body);
                in_body_ = !body_.finished();
                return {piece_kind::head, size, !in_body_};
            }
        }
    }
    return {piece_kind::raw, unread.size(), false};
}

piece response_reader::next(std::string_view unread)
{
    if (unread.empty()) return {};
    if (!raw_ && in_body_) {
        const auto size = body_.take(unread);
        raw_ = body_.malformed();
        if (!raw_) {
            in_body_ = !body_.finished();
            return {piece_kind::body, size, !in_body_};
        }
    }
    if (!raw_ && expected_.empty()) raw_ = true;
    if (!raw_) {
        switch (parser_.feed(unread)) {
            case head_state::incomplete:
                return {};
            case head_state::refused:
                raw_ = true;
                break;
            case head_state::complete:
                return take_head();
        }
    }
    return {piece_kind::raw, unread.size(), false};
}

std::uint64_t response_reader::opaque() const
{
    if (raw_) return std::numeric_limits<std::uint64_t>::max();
    return in_body_ ? body_.opaque() : 0;
}

void response_reader::skip(std::uint64_t count)
{
    if (!raw_) body_.skip(count);
}

piece response_reader::take_head()
{
    const auto size = parser_.size();
    const auto head = parser_.head();
    const auto request = expected_.front();
    parser_ = {};
    status_ = head.status;
    closes_ = head.closes;

    if (head.status < 200 && head.status != 101) {
        role_ = response_role::interim;
        return {piece_kind::head, size, false};
    }
    expected_.erase(expected_.begin());
    answers_hijack_ = request.may_hijack;
    const bool bodiless = request.to_head || head.status == 204 || head.status == 304;
    // dockerd answers an attach without Upgrade by a head without framing, and then hijacks
    // (moby daemon/server/router/container/container_routes.go, postContainersAttach).
    const bool unframed = !bodiless && head.body.kind == body_kind::until_close;
    if (head.status == 101 || (request.may_hijack && unframed)) {
        role_ = response_role::hijacked;
        raw_ = true;
        return {piece_kind::head, size, false};
    }
    role_ = response_role::final;
    framing_ = bodiless ? body_framing{} : head.body;
    body_ = body_reader(framing_);
    in_body_ = !body_.finished();
    return {piece_kind::head, size, !in_body_};
}

}  // namespace proxy
