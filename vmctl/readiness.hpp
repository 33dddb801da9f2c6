// Whether an engine answers.
#pragma once

#include "vmctl/engine.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>

namespace vmctl {

// Asks the engine at an address; returns when it has answered and throws when it does not.
using readiness_probe = std::function<boost::asio::awaitable<void>(engine_address)>;

// A handshake under emulation on a busy machine takes seconds.
inline constexpr std::chrono::seconds probe_limit{10};

// Within probe_limit. What the probe throws is no; cancellation shows at the caller's next wait.
boost::asio::awaitable<bool> engine_answers(const readiness_probe& probe, engine_address address);

}  // namespace vmctl
