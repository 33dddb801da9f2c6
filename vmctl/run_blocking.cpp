// To the pool and back, as one asynchronous operation without a way to cancel it.
#include "vmctl/run_blocking.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace vmctl {

asio::awaitable<void> run_on(asio::thread_pool& pool, std::function<void()> task)
{
    auto initiate = [&pool, &task](auto handler) {
        // The caller's loop goes on running while its work is elsewhere.
        auto loop = asio::make_work_guard(asio::get_associated_executor(handler));
        asio::post(pool, [&task, handler = std::move(handler), loop = std::move(loop)]() mutable {
            task();
            asio::post(loop.get_executor(), [handler = std::move(handler)]() mutable {
                std::move(handler)();
            });
        });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        std::move(initiate), asio::use_awaitable
    );
}

}  // namespace vmctl
