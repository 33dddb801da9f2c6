// Which of libvirt's drivers a connection leads to, and whether our VM can be run by it. Pure.
#pragma once

#include <optional>
#include <string_view>

namespace vmctl {

enum class libvirt_driver { qemu, virtualbox };

// From a connection's URI, DRIVER[+TRANSPORT]:///PATH. Nothing: one that we make no domain for.
std::optional<libvirt_driver> driver_of(std::string_view uri);

// Why a VM of ours cannot be run by it, in words that follow "because"; nothing: it can.
// docs/hypervisors.md has the whole story.
std::optional<std::string_view> obstacle_to(libvirt_driver driver);

}  // namespace vmctl
