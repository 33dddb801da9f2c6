// What it takes to bring a VM to sleep and back: calls to the hypervisor, and two programs in the
// guest (appliance/root/usr/lib/gangway/doze and wake).
#pragma once

#include "vmctl/hypervisor.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <stop_token>

namespace vmctl {

// A guest that runs and may not be used: its shares are not what they were, and containers would
// see empty directories in their place.
class guest_unusable : public hypervisor_error {
    using hypervisor_error::hypervisor_error;
};

// All throw hypervisor_error. `host` and `pool` must outlive them; what has begun is not undone by
// cancellation.

// The VM stands still. It must run.
boost::asio::awaitable<void> pause_vm(
    hypervisor& host, boost::asio::thread_pool& pool, std::stop_token somebody_waits
);

// Lets a paused VM go on, with the clock of this moment. One whose guest has no agent goes on with
// the clock it had.
boost::asio::awaitable<void> unpause_vm(hypervisor& host, boost::asio::thread_pool& pool);

// The VM's memory is in a file, and its power off. It runs, or is paused. When this throws and the
// VM is still on, it runs, with its shares unless it throws guest_unusable. Saving that is called
// off in time throws that problem; later, the VM is saved.
boost::asio::awaitable<void> save_vm(
    hypervisor& host, boost::asio::thread_pool& pool, std::stop_token call_off
);

// Gives a guest that was saved the clock of this moment, and its shares.
boost::asio::awaitable<void> rouse_guest(hypervisor& host, boost::asio::thread_pool& pool);

// The same for a VM that is taken over, whose last daemon may have ended on the way to sleep. A
// guest that knows nothing of sleep is left as it is.
boost::asio::awaitable<void> rouse_adopted_guest(hypervisor& host, boost::asio::thread_pool& pool);

}  // namespace vmctl
