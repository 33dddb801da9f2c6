// Has the daemon do something with the VM and shows how it gets on.
#pragma once

#include "gangway/control_client.hpp"

#include <string>
#include <string_view>

namespace gangway {

// Returns when the work is done; throws failure when it has failed, or when the daemon ends before
// it has said which. `work` is what to call it meanwhile: "starting"; a `quiet` one shows
// nothing. `outcome` is what to call its end; empty: by the VM's state.
void watch_progress(
    const control_client& daemon,
    std::string_view target,
    const std::string& work,
    bool quiet,
    const std::string& outcome = {}
);

}  // namespace gangway
