// The group behind task_group.hpp: a cancellation signal for every child and a timer as condition.
#include "vmctl/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cassert>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

bool is_cancellation(const std::exception_ptr& failure)
{
    if (!failure) return false;
    // Rethrowing is the only way to look at what an exception_ptr holds.
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (const asio::multiple_exceptions& several) {
        return is_cancellation(several.first_exception());
    } catch (...) {
        return false;
    }
}

std::string message_of(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an unknown error";
    }
}

task_group::task_group(asio::any_io_executor executor)
    : executor_(std::move(executor)), emptied_(executor_, asio::steady_timer::time_point::max())
{
}

task_group::~task_group()
{
    assert(children_.empty() && "wait() must have returned before the group is destroyed");
}

void task_group::spawn(asio::awaitable<void> task, std::function<void(std::exception_ptr)> failed)
{
    const auto child = children_.emplace(children_.end());
    auto ended = [this, child, failed = std::move(failed)](std::exception_ptr failure) {
        children_.erase(child);
        if (children_.empty()) emptied_.cancel();
        if (failure && !is_cancellation(failure)) failed(failure);
    };
    asio::co_spawn(
        executor_, std::move(task), asio::bind_cancellation_slot(child->slot(), std::move(ended))
    );
}

void task_group::cancel()
{
    // A child may end, and leave the list, while its signal is emitted.
    for (auto child = children_.begin(); child != children_.end();) {
        const auto current = child++;
        current->emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> task_group::wait()
{
    while (!children_.empty()) {
        boost::system::error_code woken;
        co_await emptied_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
}

}  // namespace vmctl
