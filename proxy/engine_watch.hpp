// Follows what an engine tells of itself, for as long as it is there, and passes it on.
#pragma once

#include "proxy/dialer.hpp"
#include "proxy/engine_containers.hpp"
#include "vmctl/engine.hpp"
#include "vmctl/task_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <vector>

namespace proxy {

// Is told on the loop.
class engine_observer {
public:
    engine_observer() = default;
    engine_observer(const engine_observer&) = delete;
    engine_observer& operator=(const engine_observer&) = delete;
    engine_observer(engine_observer&&) = delete;
    engine_observer& operator=(engine_observer&&) = delete;
    virtual ~engine_observer() = default;

    // From now on nothing is missed; what was before is for `containers` to say.
    virtual void watched(std::shared_ptr<const engine_containers> containers) = 0;

    // Something has happened, also when `event` has no subject.
    virtual void changed(const engine_event& event) = 0;

    // From now on, until watched(), everything is missed.
    virtual void unwatched() = 0;
};

// Lives on the loop's thread. stop() must have returned before it is destroyed.
class engine_watch {
public:
    engine_watch(boost::asio::any_io_executor executor, dialer& dialer);

    // `observer` must outlive the watch.
    void add(engine_observer& observer) { observers_.push_back(&observer); }

    // Follows this engine from now on.
    void engine_ready(vmctl::engine_address address);

    // There is none to follow.
    void engine_gone();

    boost::asio::awaitable<void> stop();

private:
    boost::asio::awaitable<void> follow(std::shared_ptr<const engine_containers> containers);
    void end_watching();

    const boost::asio::any_io_executor executor_;
    dialer& dialer_;
    std::vector<engine_observer*> observers_;
    bool watching_ = false;
    vmctl::task_group following_;
};

}  // namespace proxy
