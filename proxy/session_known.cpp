// Answers that hold until something changes in the engine (known_answers): heard on their way to
// the client, and given again while the engine sleeps.
#include "proxy/plain_question.hpp"
#include "proxy/session.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace proxy {

// Of the request whose head is the next `head_size` bytes. Empty: its answer does not last.
std::string session::lasting_question(const route& what, std::size_t head_size) const
{
    if (!what.lasting || !tools_.known) return {};
    return plain_question(from_client_.bytes().substr(admitted_, head_size)).value_or("");
}

// What the engine would say, were it not asleep. For a request that nothing is before.
std::optional<std::string> session::answer_asleep(const std::string& question)
{
    if (question.empty() || !engine_.sleeps()) return std::nullopt;
    auto answer = tools_.known->find(question);
    if (answer) {
        const auto shown = question.substr(0, question.find('?'));
        spdlog::debug("pid {}: {}, answered while the engine sleeps", client_.who.pid, shown);
    }
    return answer;
}

// For the request that was admitted last.
void session::listen_for(std::string question)
{
    if (question.empty() || unanswered_.empty()) return;
    const auto asked = tools_.known->now();
    if (!asked) return;
    auto& heard = unanswered_.back().heard;
    heard = std::make_unique<overheard>(overheard{std::move(question), {}, *asked});
}

bool session::overhears() const
{
    return !unanswered_.empty() && unanswered_.front().heard != nullptr;
}

// `bytes` are the engine's, and not on their way to the client yet.
void session::overhear(const piece& what, std::string_view bytes)
{
    if (!overhears()) return;
    const bool is_body = what.kind == piece_kind::body;
    const auto& framing = responses_.framing();
    const bool lasts = what.kind == piece_kind::head && responses_.status() == 200 &&
                       !responses_.closes() && framing.kind != body_kind::until_close &&
                       tools_.known->has_room_for(framing.length);
    if (is_body || lasts)
        overhear_body(bytes);
    else
        unanswered_.front().heard.reset();
}

void session::overhear_body(std::string_view bytes)
{
    if (!overhears()) return;
    auto& heard = unanswered_.front().heard;
    if (tools_.known->has_room_for(heard->answer.size() + bytes.size()))
        heard->answer += bytes;
    else
        heard.reset();
}

// The client gets another answer than the engine's.
void session::hear_instead(std::string_view answer)
{
    if (!overhears()) return;
    unanswered_.front().heard->answer.clear();
    overhear_body(answer);
}

void session::remember_what_was_heard()
{
    if (!overhears()) return;
    auto& heard = *unanswered_.front().heard;
    tools_.known->remember(std::move(heard.question), std::move(heard.answer), heard.asked);
}

}  // namespace proxy
