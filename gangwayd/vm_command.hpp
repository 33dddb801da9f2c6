// What the control API can have done to the VM, with its progress told.
#pragma once

#include "vmctl/supervisor.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string_view>

struct vm_command {
    std::string_view words;                                       // what `gangway` calls it
    enum class start { none, any, afresh } starts = start::none;  // what it comes to
    bool takes_image_in = false;  // the stages of that are told to nobody else
    // Returns when it is done. Throws engine_unavailable; may be cancelled (terminal).
    std::function<boost::asio::awaitable<void>(vmctl::supervisor& vm, vmctl::requester who)>
        carry_out;
};

// The command with this method and target; nothing: there is none.
std::optional<vm_command> find_vm_command(std::string_view request);
