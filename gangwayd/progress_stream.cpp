// A queue of lines between the supervisor, which must not wait, and a client, which may be slow.
#include "gangwayd/progress_stream.hpp"

#include "gangwayd/status_json.hpp"
#include "vmctl/deadline.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <utility>

namespace asio = boost::asio;

namespace {

class line_queue {
public:
    explicit line_queue(const asio::any_io_executor& executor)
        : changed_(executor, asio::steady_timer::time_point::max())
    {
    }

    void push(const std::string& line)
    {
        waiting_ += line + "\n";
        changed_.cancel();
    }

    void close()
    {
        closed_ = true;
        changed_.cancel();
    }

    // Writes what comes until the queue is closed and empty.
    asio::awaitable<void> write_to(proxy::byte_stream& client)
    {
        for (;;) {
            if (!waiting_.empty()) {
                const auto text = std::exchange(waiting_, {});
                co_await client.write(asio::buffer(text));
            } else if (closed_) {
                co_return;
            } else {
                boost::system::error_code woken;
                co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            }
        }
    }

private:
    std::string waiting_;
    bool closed_ = false;
    asio::steady_timer changed_;
};

// What is done and how it ended, the last line included.
asio::awaitable<void> produce(
    line_queue& lines, vmctl::supervisor& vm, const vm_command& command, vmctl::requester who
)
{
    const auto began = std::chrono::steady_clock::now();
    // A start may have begun before, or later than the command.
    const bool takes_image_in = command.takes_image_in;
    const auto observed = vm.subscribe([&lines, began, takes_image_in](vmctl::stage_event stage) {
        if (stage.of_intake != takes_image_in) return;
        const auto elapsed = std::chrono::steady_clock::now() - began;
        stage.elapsed = std::chrono::round<std::chrono::milliseconds>(elapsed);
        lines.push(stage_json(stage));
    });
    if (command.starts != vm_command::start::none) {
        const auto expected = vm.expected_start(command.starts == vm_command::start::afresh);
        if (!expected.empty()) lines.push(expectation_json(expected));
    }
    nlohmann::ordered_json outcome;
    try {
        co_await command.carry_out(vm, std::move(who));
        const auto elapsed = std::chrono::steady_clock::now() - began;
        outcome = {
            {"done", true},
            {"state", vmctl::to_string(vm.status().state)},
            {"elapsed_ms", std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()},
        };
    } catch (const vmctl::engine_unavailable& error) {
        outcome = {{"error", error.what()}};
    }
    lines.push(outcome.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    lines.close();
}

}  // namespace

asio::awaitable<void> stream_progress(
    proxy::byte_stream& client,
    vmctl::supervisor& vm,
    const vm_command& command,
    vmctl::requester who
)
{
    const auto executor = co_await asio::this_coro::executor;
    line_queue lines(executor);
    auto producing = produce(lines, vm, command, std::move(who));
    co_await vmctl::both(std::move(producing), lines.write_to(client));
}
