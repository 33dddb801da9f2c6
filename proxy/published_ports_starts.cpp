// A container's start through a session: what it publishes is ours before, and open after.
#include "proxy/published_ports.hpp"

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

class published_ports::start_in_progress final : public container_start {
public:
    start_in_progress(published_ports& ports, std::string id) : ports_(ports), id_(std::move(id)) {}

    start_in_progress(const start_in_progress&) = delete;
    start_in_progress& operator=(const start_in_progress&) = delete;

    ~start_in_progress() override
    {
        if (!settled_) ports_.start_unsettled(id_);
    }

    asio::awaitable<bool> settle() override
    {
        settled_ = true;
        co_return co_await ports_.settle(id_);
    }

private:
    published_ports& ports_;
    std::string id_;
    bool settled_ = false;
};

asio::awaitable<std::unique_ptr<container_start>> published_ports::admit(std::string container)
{
    const auto asked = containers_;
    std::optional<container_ports> found;
    try {
        found = co_await look_at(std::move(container));
    } catch (const std::exception&) {
        // The engine is no better off with the start itself, and says why.
        log_failure(std::current_exception());
    }
    if (!found || containers_ != asked) co_return nullptr;
    if (!found->running) {
        auto refusal = found->obstacle;
        if (refusal.empty()) {
            const auto failure = bind_all(found->wanted, found->id);
            if (!failure.empty()) refusal = describe_refusal(*found, failure);
        }
        if (!refusal.empty()) {
            co_await give_up(*found);
            match_later(found->id);
            throw start_refused(refusal);
        }
    }
    starting_.insert(found->id);
    co_return std::make_unique<start_in_progress>(*this, found->id);
}

asio::awaitable<bool> published_ports::settle(std::string id)
{
    starting_.extract(id);
    // Who looks at the same time may hear something newer, and be done before.
    auto turn = looks_.take(id);
    bool open = false;
    try {
        open = co_await settle_once(id);
    } catch (...) {
        turn.reset();
        match_later(id);
        throw;
    }
    const bool again = !turn || turn->asked_again();
    turn.reset();
    if (again) match_later(std::move(id));
    co_return open;
}

asio::awaitable<bool> published_ports::settle_once(std::string id)
{
    const auto asked = containers_;
    const auto found = co_await look_at(id);
    // What an engine says that is gone holds no more.
    if (!asked || containers_ != asked) co_return false;
    if (!found) {
        // It has ended and was removed (--rm), perhaps before its events could close anything.
        change_ports({.id = id});
        co_return false;
    }
    auto failure = change_ports(*found);
    if (failure.empty()) failure = co_await serve_all_of(id);
    if (failure.empty()) co_return true;
    co_await give_up(*found);
    throw start_refused(describe_refusal(*found, failure));
}

void published_ports::start_unsettled(const std::string& id)
{
    starting_.extract(id);
    match_later(id);
}

// As the engine does with a container that it could not start: whoever has asked for --rm waits
// until it is gone.
asio::awaitable<void> published_ports::give_up(container_ports container)
{
    const auto containers = containers_;
    if (!containers) co_return;
    try {
        if (container.running) {
            co_await containers->kill(std::move(container.id));
        } else if (container.auto_remove) {
            co_await containers->remove(std::move(container.id));
        }
    } catch (const std::exception&) {
        log_failure(std::current_exception());
    }
}

}  // namespace proxy
