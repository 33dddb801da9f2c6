// The last lines of the daemon's log, kept for `gangway logs`.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

// A sink; lines may come from any thread. The other members are for the loop's thread.
class log_history final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit log_history(boost::asio::any_io_executor executor);

    struct lines {
        std::vector<std::string> text;  // each with its line feed
        std::uint64_t next = 0;         // where to go on reading
    };

    // The lines from number `first` on, as far as they are still kept.
    lines since(std::uint64_t first);

    // Returns when line number `next` has been written.
    boost::asio::awaitable<void> wait_for(std::uint64_t next);

private:
    void sink_it_(const spdlog::details::log_msg& message) override;

    void flush_() override {}

    boost::asio::any_io_executor executor_;
    std::deque<std::string> kept_;  // guarded by the sink's mutex
    std::uint64_t first_kept_ = 0;  // likewise
    // Never expires; cancelled, on the loop, whenever there is a new line.
    std::shared_ptr<boost::asio::steady_timer> more_;
};
