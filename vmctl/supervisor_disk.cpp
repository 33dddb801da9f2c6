// A data disk that becomes larger while the VM is used.
#include "config/units.hpp"
#include "vmctl/run_blocking.hpp"
#include "vmctl/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <string>
#include <utility>

namespace asio = boost::asio;

namespace vmctl {

asio::awaitable<void> supervisor::grow_disk(requester who, config::byte_size size)
{
    const auto name = to_string(who);
    const auto in_use = co_await acquire(std::move(who), activity::active);
    const auto began = std::chrono::steady_clock::now();
    auto work = [this, size] { plan_.grow_disk(host_, size); };
    std::string failure;
    try {
        co_await run_blocking(pool_, std::move(work));
    } catch (const std::exception& error) {
        if (is_cancellation(std::current_exception())) throw;
        failure = error.what();
    }
    if (!failure.empty()) {
        spdlog::error("the disk could not be grown: {}", failure);
        throw engine_unavailable("the disk could not be grown: " + failure);
    }
    spdlog::info("the disk was grown to {} for {}", config::to_string(size), name);
    note("disk grown", name, began);
}

}  // namespace vmctl
