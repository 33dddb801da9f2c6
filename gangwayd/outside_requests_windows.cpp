// The console's events, and what the service manager asks for, by way of one queue.
#include "gangwayd/outside_requests_windows.hpp"

#include "gangwayd/outside_requests.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <windows.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace asio = boost::asio;

namespace {

// Every member is guarded by the mutex.
struct request_queue {
    std::mutex mutex;
    std::deque<outside_request> waiting;
    std::shared_ptr<asio::steady_timer> reader;  // never expires; cancelled on its loop
    bool let_go = false;
    bool outlives_sessions = false;
    bool ended = false;  // the daemon, in order
    std::condition_variable has_ended;
};

// There is one process, and Windows calls its functions without a word of ours.
request_queue& queue()
{
    static request_queue one;
    return one;
}

const char* name_of(DWORD event)
{
    switch (event) {
        case CTRL_C_EVENT:
            return "Ctrl-C";
        case CTRL_BREAK_EVENT:
            return "Ctrl-Break";
        case CTRL_CLOSE_EVENT:
            return "the end of its console";
        case CTRL_LOGOFF_EVENT:
            return "the end of the user's session";
        default:
            return "the machine's shutdown";
    }
}

// On a thread that Windows makes for it.
BOOL WINAPI console_event(DWORD event)
{
    auto& all = queue();
    const bool of_session = event == CTRL_LOGOFF_EVENT || event == CTRL_SHUTDOWN_EVENT;
    const bool typed = event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
    {
        const std::lock_guard hold(all.mutex);
        if (of_session && all.outlives_sessions) return TRUE;
        if (typed && all.let_go) return FALSE;
    }
    ask_from_outside({outside_request::kind::stop, name_of(event)});
    if (typed) return TRUE;
    // When this returns Windows ends the process, and it does so after five seconds anyway.
    std::unique_lock hold(all.mutex);
    all.has_ended.wait(hold, [&all] { return all.ended; });
    return TRUE;
}

}  // namespace

void ask_from_outside(outside_request request)
{
    auto& all = queue();
    const std::lock_guard hold(all.mutex);
    all.waiting.push_back(std::move(request));
    if (all.reader)
        asio::post(all.reader->get_executor(), [reader = all.reader] { reader->cancel(); });
}

void outlive_sessions()
{
    const std::lock_guard hold(queue().mutex);
    queue().outlives_sessions = true;
}

struct outside_requests::source {
    std::shared_ptr<asio::steady_timer> reader;
    bool given_up = false;
};

outside_requests::outside_requests(const asio::any_io_executor& executor)
    : source_(new source{
          std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max())})
{
    const std::lock_guard hold(queue().mutex);
    queue().reader = source_->reader;
    queue().let_go = false;
    queue().ended = false;
    ::SetConsoleCtrlHandler(console_event, TRUE);
}

outside_requests::~outside_requests()
{
    const std::lock_guard hold(queue().mutex);
    queue().reader.reset();
    queue().ended = true;
    queue().has_ended.notify_all();
}

asio::awaitable<std::optional<outside_request>> outside_requests::next()
{
    for (;;) {
        if (source_->given_up) co_return std::nullopt;
        {
            const std::lock_guard hold(queue().mutex);
            auto& waiting = queue().waiting;
            if (!waiting.empty()) {
                auto first = std::move(waiting.front());
                waiting.pop_front();
                co_return first;
            }
        }
        const auto reader = source_->reader;
        boost::system::error_code woken;
        co_await reader->async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

void outside_requests::give_up()
{
    source_->given_up = true;
    source_->reader->cancel();
}

void outside_requests::let_go()
{
    const std::lock_guard hold(queue().mutex);
    queue().let_go = true;
}
