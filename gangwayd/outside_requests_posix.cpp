// Signals: SIGTERM and SIGINT, and SIGHUP.
#include "gangwayd/outside_requests.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <csignal>

namespace asio = boost::asio;

struct outside_requests::source {
    asio::signal_set signals;
};

outside_requests::outside_requests(const asio::any_io_executor& executor)
    : source_(new source{asio::signal_set(executor, SIGTERM, SIGINT, SIGHUP)})
{
}

outside_requests::~outside_requests() = default;

asio::awaitable<std::optional<outside_request>> outside_requests::next()
{
    boost::system::error_code given_up;
    const int number =
        co_await source_->signals.async_wait(asio::redirect_error(asio::use_awaitable, given_up));
    if (given_up) co_return std::nullopt;
    if (number == SIGHUP) co_return outside_request{outside_request::kind::reload, "SIGHUP"};
    co_return outside_request{
        outside_request::kind::stop, number == SIGTERM ? "SIGTERM" : "SIGINT"};
}

void outside_requests::give_up()
{
    source_->signals.cancel();
}

void outside_requests::let_go()
{
    source_->signals.clear();
}
