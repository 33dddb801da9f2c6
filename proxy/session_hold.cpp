// Requests that have to be here as a whole before they are sent on (route::holds): held, asked
// about, and sent on as the engine has to see them, or answered here.
#include "config/percent_encoding.hpp"
#include "proxy/bind_rules.hpp"
#include "proxy/error_reply.hpp"
#include "proxy/query_text.hpp"
#include "proxy/session.hpp"
#include "proxy/whole_message.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// Far beyond what clients send; dockerd has no limit of its own.
constexpr std::size_t largest = std::size_t{16} << 20;

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

// Of a list's query.
constexpr std::string_view filters = "filters";

// What of a request that is here as a whole may name paths.
std::string text_with_paths(
    names_paths what, std::string_view target, const body_framing& framing, std::string_view framed
)
{
    if (what == names_paths::filter) return query_value(query_of(target), filters).value_or("");
    return unframed_body(framing, framed);
}

// The request with `text` in place of that.
std::string message_with_paths(
    names_paths what,
    std::string_view target,
    const body_framing& framing,
    std::string_view head,
    std::string_view framed,
    std::string_view text
)
{
    if (what != names_paths::filter) return message_with_body(framing, head, text);
    const auto changed = with_query_value(target, filters, config::percent_encoded(text));
    return with_target(head, changed).append(framed);
}

}  // namespace

// The head, of which `admitted_` is the size, begins what is unread. False: the engine does not
// read any more.
io_task<bool> session::forward_held()
{
    const auto head_size = admitted_;
    const auto framing = requests_.head().body;
    const std::string target(requests_.head().target);
    const bool asked_for = requests_.head().expects_continue && !between_requests_;
    if (asked_for) {
        co_await answers_before();
        co_await answer_client(go_on);
    }
    const auto held = co_await hold_body();
    const auto what = std::exchange(held_, route{});
    std::optional<std::string> translated;
    std::string refused;
    int status = request_refused;
    if (held == holding::too_large) {
        refused = refusal_reply("the request is too large to look for paths in it");
    } else if (held == holding::whole && !unanswered_.empty()) {
        const auto framed = from_client_.bytes().substr(head_size, admitted_ - head_size);
        auto before = text_with_paths(what.names, target, framing, framed);
        try {
            translated = co_await translate(what.names, std::move(before));
            co_await admit_start(what);
        } catch (const path_not_shared& error) {
            refused = refusal_reply(error.what());
        } catch (const start_refused& error) {
            refused = start_refusal_reply(error.what());
            status = start_refused_status;
        }
    }
    if (!refused.empty()) {
        co_await refuse_held(std::move(refused), status);
        co_return true;
    }
    expect_answer(what);
    if (!translated && !asked_for) co_return co_await send(std::exchange(admitted_, 0));
    const auto message = from_client_.bytes().substr(0, admitted_);
    std::string head(message.substr(0, head_size));
    if (asked_for) head = without_expectation(head);
    const auto framed = message.substr(head_size);
    const auto changed =
        translated ? message_with_paths(what.names, target, framing, head, framed, *translated)
                   : head.append(framed);
    from_client_.drop(std::exchange(admitted_, 0));
    co_return co_await send_bytes(changed);
}

// Reads on until `admitted_` bytes are the request.
io_task<session::holding> session::hold_body()
{
    bool too_large = false;
    while (!between_requests_) {
        const auto next = requests_.next(from_client_.bytes().substr(admitted_));
        if (next.kind == piece_kind::raw) break;
        if (next.kind == piece_kind::more) {
            const auto count = co_await read_client();
            client_finished_ = count == 0;
            if (client_finished_) break;
            continue;
        }
        between_requests_ = next.ends_message;
        admitted_ += next.size;
        too_large |= admitted_ > largest;
        if (too_large) from_client_.drop(std::exchange(admitted_, 0));
    }
    if (too_large) co_return holding::too_large;
    co_return between_requests_ ? holding::whole : holding::cut;
}

// Waits until the requests before the held one are answered. No lease is left when the engine has
// ended the connection instead.
io_task<> session::answers_before()
{
    while (unanswered_.size() > 1 && !aborted_) {
        co_await answered_;
    }
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
}

io_task<> session::refuse_held(std::string reply, int status)
{
    co_await answers_before();
    from_client_.drop(std::exchange(admitted_, 0));
    if (unanswered_.empty()) co_return;
    const auto name = unanswered_.back().name;
    unanswered_.pop_back();
    co_await answer_client(reply);
    tools_.counted.answers.add(name, status);
}

io_task<> session::answer_client(std::string_view reply)
{
    try {
        co_await write_client(reply);
    } catch (const client_gone&) {
        throw boost::system::system_error(asio::error::connection_aborted);
    }
}

}  // namespace proxy
