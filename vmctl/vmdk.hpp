// A raw disk as VirtualBox takes it: through a VMDK descriptor, a small text file beside it
// (VMware, Virtual Disk Format 5.0, "monolithicFlat"; VirtualBox, src/VBox/Storage/VMDK.cpp). The
// raw file stays what it is, so that everything else goes on reading it. Pure.
#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <string>

namespace vmctl {

// Of the disk `disk`, which has `size` (whole sectors of 512 bytes) and whose name has no quotes;
// the descriptor has to be in its directory. VirtualBox knows a disk by the UUID in it, which is
// the same for the same path each time, and another one for each path.
std::string vmdk_descriptor(const std::filesystem::path& disk, config::byte_size size);

}  // namespace vmctl
