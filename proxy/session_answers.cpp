// Answers that name paths which this machine knows by another name.
#include "proxy/answer_paths.hpp"
#include "proxy/bind_rules.hpp"
#include "proxy/session.hpp"
#include "proxy/whole_message.hpp"

#include <algorithm>
#include <string>

namespace proxy {
namespace {

// An answer beyond it stays as the engine wrote it: far more than what anybody's containers make.
constexpr std::size_t largest = std::size_t{16} << 20;

}  // namespace

// Whether an answer may have to be changed, under the last lease.
bool session::restores(const route& what) const
{
    const auto& shares = unanswered_.back().lease.address().shares;
    return what.shows_paths && shares &&
           std::ranges::any_of(*shares, [](const auto& share) { return !share.elsewhere.empty(); });
}

// `ready` bytes of from_engine_ can be handed on, of which the last `head_size` are the head of an
// answer with a body. Reads that to its end; gives how many bytes remain to be handed on, and of
// them whether the message has ended.
io_task<session::delivery> session::deliver_restored(std::size_t ready, std::size_t head_size)
{
    co_await hand_on(ready - head_size);
    const auto framing = responses_.framing();
    auto size = head_size;
    bool ended = false;
    while (!ended && size < largest) {
        const auto next = responses_.next(from_engine_.bytes().substr(size));
        if (next.kind == piece_kind::raw) break;
        if (next.kind == piece_kind::more) {
            const auto count = co_await from_engine_.read(*upstream_);
            ended = count == 0 && framing.kind == body_kind::until_close;
            if (count == 0) break;
            continue;
        }
        size += next.size;
        ended = next.ends_message;
    }
    // What the engine did not end, the client sees cut off, too.
    const auto message = from_engine_.bytes().substr(0, size);
    overhear_body(message.substr(head_size));
    if (!ended) co_return delivery{size, false};
    const auto body = unframed_body(framing, message.substr(head_size));
    const auto dialect = tools_.paths.dialect;
    const bind_rules rules(*unanswered_.front().lease.address().shares, {}, real_path, dialect);
    const path_restoration restore = [&rules](const std::string& text) {
        return rules.restore(text);
    };
    const auto changed = dialect == config::path_dialect::windows ? restore_sources(body, restore)
                                                                  : restore_paths(body, restore);
    if (!changed) co_return delivery{size, true};
    const auto answer = message_with_body(framing, message.substr(0, head_size), *changed);
    hear_instead(answer);
    from_engine_.drop(size);
    co_await write_client(answer);
    co_return delivery{0, true};
}

}  // namespace proxy
