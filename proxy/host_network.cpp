// One connection to the guest, which tells a line each time that something has changed there:
// appliance/root/usr/lib/gangway/listeners.
#include "proxy/host_network.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// Only on the guest's loopback, which nobody but this host and itself can reach.
const vmctl::guest_port teller{vmctl::transport::tcp, "127.0.0.1", 5355};

// All ports there are take less.
constexpr std::size_t longest_line = 512 * 1024;

// An image of somebody else's tells nothing, ever.
constexpr auto first_pause = std::chrono::seconds(1);
constexpr auto longest_pause = std::chrono::minutes(1);

void log_failure(const std::exception_ptr& failure)
{
    spdlog::warn("the network of the VM: {}", vmctl::message_of(failure));
}

}  // namespace

std::optional<std::vector<std::uint16_t>> ports_in(std::string_view line)
{
    std::vector<std::uint16_t> ports;
    const auto* at = line.data();
    const auto* const last = at + line.size();
    while (at != last) {
        std::uint16_t port = 0;
        const auto [end, error] = std::from_chars(at, last, port);
        if (error != std::errc() || port == 0) return std::nullopt;
        ports.push_back(port);
        if (end != last && *end != ' ') return std::nullopt;
        at = end == last ? end : end + 1;
    }
    return ports;
}

host_network::host_network(
    asio::any_io_executor executor,
    dialer& dialer,
    vmctl::port_forwarding& way,
    std::function<void(std::vector<std::uint16_t>)> changed
)
    : executor_(std::move(executor)),
      dialer_(dialer),
      way_(way),
      changed_(std::move(changed)),
      tasks_(executor_)
{
}

void host_network::add(const std::string& id)
{
    const bool first = containers_.empty();
    containers_.insert(id);
    if (first) tasks_.spawn(follow(), log_failure);
}

void host_network::remove(const std::string& id)
{
    if (containers_.erase(id) == 0 || !containers_.empty()) return;
    tasks_.cancel();
    changed_({});
}

void host_network::forget()
{
    containers_.clear();
    tasks_.cancel();
}

asio::awaitable<void> host_network::stop()
{
    forget();
    co_await tasks_.wait();
}

// Until cancelled. What was told last holds until the guest can be heard again.
asio::awaitable<void> host_network::follow()
{
    asio::steady_timer pause(executor_);
    std::chrono::seconds length = first_pause;
    for (;;) {
        bool heard = false;
        try {
            co_await listen(heard);
        } catch (const std::exception& error) {
            if (vmctl::is_cancellation(std::current_exception())) throw;
            spdlog::debug("the network of the VM: {}", error.what());
        }
        length = heard ? first_pause : std::min<std::chrono::seconds>(2 * length, longest_pause);
        pause.expires_after(length);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> host_network::listen(bool& heard)
{
    vmctl::engine_address address;
    const auto port = co_await way_.forward(teller);
    address.endpoint = config::tcp_endpoint{"127.0.0.1", port};
    auto guest = co_await dialer_.dial(std::move(address));
    guest->keep_alive();
    std::string text;
    std::array<char, 4096> bytes;
    for (;;) {
        const auto count = co_await guest->read_some(asio::buffer(bytes));
        if (count == 0) throw dial_error("the guest does not tell who listens");
        text.append(bytes.data(), count);
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
            auto ports = ports_in(std::string_view(text).substr(0, end));
            if (!ports) throw dial_error("the guest tells something else than ports");
            text.erase(0, end + 1);
            heard = true;
            // The last one may have ended since it was told.
            if (!containers_.empty()) changed_(std::move(*ports));
        }
        if (text.size() > longest_line) throw dial_error("the guest's line has no end");
    }
}

}  // namespace proxy
