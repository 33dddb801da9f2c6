// libvirt, loaded when a VM is first looked at: it brings some twenty other libraries along, which
// a daemon in front of a remote engine neither needs in its memory nor on its machine.
#pragma once

#include <optional>
#include <string>

namespace vmctl {

// Why libvirt cannot be loaded here, in the loader's words; nothing when it can. Every other
// function of libvirt may be called only then. Thread-safe.
const std::optional<std::string>& libvirt_obstacle();

}  // namespace vmctl
