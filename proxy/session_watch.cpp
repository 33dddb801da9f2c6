// How a session notices that its client has gone altogether while nobody reads from it. While
// somebody does, the end of the stream shows.
#include "proxy/session.hpp"

#include <boost/asio/error.hpp>

namespace asio = boost::asio;

namespace proxy {

void session::begin_watching()
{
    watching_ = true;
    if (watch_pending_) return;  // complete() looks again
    watch_pending_ = true;
    client_.stream->start_wait(readiness::hangup, *this, watch_ended_.slot());
}

void session::end_watching()
{
    watching_ = false;
    if (watch_pending_) watch_ended_.emit(asio::cancellation_type::terminal);
}

void session::complete(boost::system::error_code failure)
{
    watch_pending_ = false;
    if (parts_ == 0) {
        finish();
    } else if (watching_ && failure == asio::error::operation_aborted && !aborted_) {
        begin_watching();  // it was ended and begun again
    } else if (watching_ && !failure) {
        client_went();
    }
}

// A client that has closed its socket altogether will read no answer: the engine must learn of it
// even while it has nothing to say, or a silent attach would stay open for ever.
void session::client_went()
{
    if (!connected() || acquiring_) {
        abort();
    } else if (!going_) {
        going_.emplace(tools_.overdue, limits_.abort_grace, [this] { abort(); });
    }
}

}  // namespace proxy
