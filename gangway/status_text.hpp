// The daemon's status (docs/control-api.md) in words for a person. Pure.
#pragma once

#include "gangway/failure.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace gangway {

// The daemon's object. Throws failure when `status` is no JSON object.
nlohmann::json parse_status(std::string_view status);

// For an object that lacks something or has it in another form.
failure unusable_status(const std::string& why);

// The VM in it. Throws failure when the daemon serves an engine without one: "there is no VM", and
// `purpose` after that, such as " to log in to".
const nlohmann::json& vm_of(const nlohmann::json& status, const std::string& purpose = {});

// Several lines, each "LABEL  TEXT". `now` tells how long ago things happened. Throws failure.
std::string status_text(std::string_view status, std::chrono::sys_seconds now);

// The file that the guest's serial console goes to. Throws failure, also when there is no VM.
std::string serial_log(std::string_view status);

}  // namespace gangway
