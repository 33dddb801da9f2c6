// The control socket's accept loop.
#include "gangwayd/control_server.hpp"

#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

namespace asio = boost::asio;

namespace {

asio::awaitable<void> serve(control_api& api, proxy::client_connection client)
{
    co_await api.answer(client);
}

void log_failure(const char* what, const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        spdlog::debug("{}: {}", what, error.code().message());
    } catch (const std::exception& error) {
        spdlog::debug("{}: {}", what, error.what());
    }
}

}  // namespace

control_server::control_server(
    asio::any_io_executor executor, std::unique_ptr<proxy::listener> listener, control_api& api
)
    : listener_(std::move(listener)), api_(api), tasks_(std::move(executor))
{
}

void control_server::start(std::function<void(std::string)> failed)
{
    tasks_.spawn(accept(), [failed = std::move(failed)](std::exception_ptr failure) {
        failed("the control socket cannot be served any more: " + vmctl::message_of(failure));
    });
}

asio::awaitable<void> control_server::accept()
{
    for (;;) {
        auto client = co_await listener_->accept();
        tasks_.spawn(serve(api_, std::move(client)), [](std::exception_ptr failure) {
            log_failure("a control client broke off", failure);
        });
    }
}

asio::awaitable<void> control_server::stop()
{
    tasks_.cancel();
    co_await tasks_.wait();
    listener_.reset();
}
