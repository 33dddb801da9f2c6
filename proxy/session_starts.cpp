// Requests that start a container.
#include "proxy/asio_bridge.hpp"
#include "proxy/error_reply.hpp"
#include "proxy/session.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

// For the held request, which is the last. Throws start_refused.
io_task<> session::admit_start(route what)
{
    if (!what.starts || tools_.starts == nullptr) co_return;
    auto asking = tools_.starts->admit(std::string(container_in(requests_.head().target)));
    from_asio admitting(tools_.executor, std::move(asking), {});
    auto start = co_await admitting;
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
    if (!unanswered_.empty()) unanswered_.back().start = std::move(start);
}

// The engine has answered the first request. Gives what the client gets in place of that; empty: it
// gets the engine's own.
io_task<std::string> session::settle_start()
{
    const auto start = std::move(unanswered_.front().start);
    std::string refusal;
    try {
        from_asio settling(tools_.executor, start->settle(), {});
        const bool open = co_await settling;
        static_cast<void>(open);
    } catch (const start_refused& error) {
        refusal = start_refusal_reply(error.what());
    } catch (const std::exception& error) {
        spdlog::warn("the published ports of a container are not known: {}", error.what());
    }
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
    co_return refusal;
}

// `ready` bytes of from_engine_ can be handed on, of which the last `answer` are the head of a
// start's. Gives how many remain to be handed on.
io_task<std::size_t> session::deliver_start(std::size_t ready, std::size_t answer)
{
    co_await hand_on(ready - answer);
    const auto reply = co_await settle_start();
    // An answer with a body is an error, and says more.
    if (reply.empty() || responses_.within_body()) {
        count_answer(responses_.status());
        co_return answer;
    }
    co_await write_client(reply);
    count_answer(start_refused_status);
    from_engine_.drop(answer);
    co_return 0;
}

}  // namespace proxy
