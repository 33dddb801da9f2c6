// Knows how many containers run.
#pragma once

#include "proxy/engine_watch.hpp"
#include "vmctl/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace proxy {

// Lives on the loop's thread. stop() must have returned before it is destroyed.
class container_census final : public engine_observer {
public:
    // `told` is called with each count; nothing: the engine does not tell, and is asked again. When
    // there is none, the last count stays: whoever knows why it is gone knows what is left of it.
    container_census(
        boost::asio::any_io_executor executor, std::function<void(std::optional<std::size_t>)> told
    );

    boost::asio::awaitable<void> stop();

    // It is paused, or about to be: what cannot be asked now is asked when it is back.
    void engine_rests() { rests_ = rested_ = true; }

    void engine_back();

    void watched(std::shared_ptr<const engine_containers> containers) override;
    void changed(const engine_event& event) override;
    void unwatched() override;

private:
    void count_again();
    boost::asio::awaitable<void> count();

    const boost::asio::any_io_executor executor_;
    const std::function<void(std::optional<std::size_t>)> told_;
    std::shared_ptr<const engine_containers> containers_;
    bool counting_ = false;
    bool changed_ = false;  // since it was asked last
    bool rests_ = false;
    bool rested_ = false;  // at some time since it was asked last
    vmctl::task_group tasks_;
};

}  // namespace proxy
