// A client of a published port and the container's end of it, from the first byte to the last.
#pragma once

#include "proxy/dialer.hpp"
#include "proxy/io_task.hpp"
#include "proxy/loop_tools.hpp"
#include "vmctl/engine.hpp"

#include <exception>
#include <functional>
#include <memory>

namespace proxy {

// Lives on the loop's thread, from start() until it is told to have ended.
class tunnel {
public:
    // `use` keeps the engine in use.
    tunnel(
        loop_tools& tools,
        std::unique_ptr<byte_stream> client,
        vmctl::engine_address target,
        vmctl::lease use
    );

    // Connects to the target. `ended` is called once, from the loop, and may destroy the tunnel.
    // Nobody else can be told how a connection breaks: both ends see it.
    void start(dialer& dialer, std::function<void()> ended);

    // Breaks both connections; it ends soon.
    void abort() noexcept;

private:
    io_task<> live(dialer& dialer);
    void part_ended(const std::exception_ptr& failure);

    loop_tools& tools_;
    std::unique_ptr<byte_stream> client_;
    std::unique_ptr<byte_stream> container_;
    vmctl::engine_address target_;
    vmctl::lease use_;
    std::function<void()> ended_;
    dial_attempt* dialling_ = nullptr;
    int parts_ = 0;  // coroutines that have not ended
    bool aborted_ = false;
};

}  // namespace proxy
