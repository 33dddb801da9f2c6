// Brings a VM down: asks the guest, and insists when it takes too long.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>

namespace vmctl {

// Returns when the power is off. The guest is asked to shut down, again and again, for it may not
// listen yet; after `patience` its power is cut, at once when that is zero. Throws
// hypervisor_error; may be cancelled (terminal). `host` and `pool` must outlive it.
boost::asio::awaitable<void> switch_off(
    hypervisor& host, boost::asio::thread_pool& pool, std::chrono::milliseconds patience
);

}  // namespace vmctl
