// A ring of lines, and how followers are woken.
#include "gangwayd/log_history.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace {

constexpr std::size_t lines_kept = 2000;

}  // namespace

log_history::log_history(asio::any_io_executor executor)
    : executor_(executor),
      more_(std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max()))
{
}

void log_history::sink_it_(const spdlog::details::log_msg& message)
{
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    kept_.emplace_back(formatted.data(), formatted.size());
    if (kept_.size() > lines_kept) {
        kept_.pop_front();
        ++first_kept_;
    }
    // By value: the loop may run this after the history is gone.
    asio::post(executor_, [more = more_] { more->cancel(); });
}

log_history::lines log_history::since(std::uint64_t first)
{
    const std::lock_guard hold(mutex_);
    const auto end = first_kept_ + kept_.size();
    const auto begin = std::clamp(first, first_kept_, end);
    const auto from = kept_.begin() + static_cast<std::ptrdiff_t>(begin - first_kept_);
    return {{from, kept_.end()}, end};
}

asio::awaitable<void> log_history::wait_for(std::uint64_t next)
{
    while (since(next).text.empty()) {
        const auto more = more_;
        boost::system::error_code woken;
        co_await more->async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}
