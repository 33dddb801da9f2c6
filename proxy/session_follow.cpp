// Answers that go on for as long as the client likes, also while the engine sleeps
// (followed_answer): beside them a session has no connection to the engine.
#include "proxy/session.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

// Of the request that is being admitted. Null: it takes the ordinary way.
std::unique_ptr<watched_stream> session::stream_to_follow(const route& what) const
{
    // An engine that never sleeps breaks off what it means to break off.
    const bool comes_first = !connected() || idle();
    if (!tools_.known || !comes_first || !may_be_followed(requests_.head())) return nullptr;
    return watch_stream(what.stream, requests_.head().target);
}

// The request's head begins what is unread.
io_task<session::admission> session::follow(
    route what, std::size_t head_size, std::unique_ptr<watched_stream> stream
)
{
    let_go();
    const bool opened = co_await open(what);
    if (!opened) co_return admission::refused;
    followed_request request{
        std::string(from_client_.bytes().substr(0, head_size)),
        what.activity,
        requester_now(),
        name_};
    following_ = std::make_unique<followed_answer>(
        tools_, engine_, dialer_, *client_.stream, std::move(request), std::move(stream)
    );
    if (keeps_alive_) following_->keep_alive();
    ++parts_;
    proxy::start(
        following_->run(std::move(upstream_), std::move(unanswered_.back().lease)),
        [this](std::exception_ptr failure) { follow_ended(std::move(failure)); }
    );
    co_return admission::answered;
}

// Posted: its connection calls us.
void session::follow_ended(std::exception_ptr failure)
{
    asio::post(tools_.executor, [this, failure = std::move(failure)]() mutable {
        try {
            if (!failure && following_->closes()) client_.stream->finish_now();
        } catch (const boost::system::system_error&) {
            failure = std::current_exception();
        }
        following_.reset();
        unanswered_.clear();
        followed_.wake(tools_.executor);
        part_ended(std::move(failure));
    });
}

// A request has come behind one whose answer goes on.
io_task<> session::end_of_following()
{
    if (!following_) co_return;
    begin_watching();
    co_await followed_;
    end_watching();
    if (aborted_) throw boost::system::system_error(asio::error::connection_aborted);
}

void session::lose_stream() noexcept
{
    if (following_) following_->lose_engine();
}

}  // namespace proxy
