// Commands to the VM with their progress as it happens: the ndjson of docs/control-api.md.
#pragma once

#include "gangwayd/vm_command.hpp"
#include "proxy/byte_stream.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/awaitable.hpp>

// Writes a line a stage and one for the outcome. Returns when that is written. A client that goes
// away is noticed at the next line; what it began goes on.
boost::asio::awaitable<void> stream_progress(
    proxy::byte_stream& client,
    vmctl::supervisor& vm,
    const vm_command& command,
    vmctl::requester who
);
