// An answer that goes on for as long as its client likes, as something that can be asked for again
// where it broke off: the engine's bytes go in, those for the client come out. Pure.
#pragma once

#include "proxy/http_head.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace proxy {

// Which answer, by what the engine is asked.
enum class stream_kind {
    none,    // one that cannot be joined again
    events,  // GET /events
    logs,    // GET /containers/ID/logs?follow=1
    stats,   // GET /containers/ID/stats
    exit,    // POST /containers/ID/wait
};

class watched_stream {
public:
    // The engine's clock.
    using moment = std::chrono::sys_time<std::chrono::nanoseconds>;

    watched_stream() = default;
    watched_stream(const watched_stream&) = delete;
    watched_stream& operator=(const watched_stream&) = delete;
    watched_stream(watched_stream&&) = delete;
    watched_stream& operator=(watched_stream&&) = delete;
    virtual ~watched_stream() = default;

    // What to ask for at first: perhaps more than the client wants to know.
    virtual std::string first_target() const = 0;

    // Whether began() has to be told, before the first question.
    virtual bool needs_beginning() const { return false; }

    // What happens from here on is the client's to know.
    virtual void began(moment /*at*/) {}

    // The answer broke off: what to ask for to have the rest of it. take() gets the answer to that.
    // Nothing: nobody knows where it broke off.
    virtual std::optional<std::string> next_target() = 0;

    // The next bytes of the engine's answer, without framing; `ends_chunk`: they are the last of
    // their chunk. Gives the client's: only lines or frames that are whole, so that it does not
    // matter where an answer breaks off.
    virtual std::string take(std::string_view bytes, bool ends_chunk) = 0;

    // The engine has ended the answer: what is left for the client.
    virtual std::string rest() = 0;

    // The engine does not know any more what the answer is about. Whether the client is to see that
    // as its end; else as a broken connection.
    virtual bool ends_without_subject() const { return true; }
};

// Whether the request is one that can be asked again in the same words: HTTP/1.1, without a body,
// for a path of the engine's, and for no more than its answer.
bool may_be_followed(const request_head& head);

// `target` is the request target as the client sent it. Null: this one cannot be joined again, or
// ends at a time that it names, also while the engine sleeps.
std::unique_ptr<watched_stream> watch_stream(stream_kind kind, std::string_view target);

}  // namespace proxy
