// What the control API can have done to the VM, with its progress told.
#pragma once

#include "vmctl/supervisor.hpp"

#include <boost/asio/awaitable.hpp>

#include <string_view>

struct vm_command {
    std::string_view request;  // "POST /v1/up"
    std::string_view words;    // what `gangway` calls it
    // Returns when it is done. Throws engine_unavailable; may be cancelled (terminal).
    boost::asio::awaitable<void> (*carry_out)(vmctl::supervisor& vm, vmctl::requester who);
};

// The command with this method and target; null: there is none.
const vm_command* find_vm_command(std::string_view request);
