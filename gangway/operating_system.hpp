// What this machine runs. One source file a platform.
#pragma once

#include <string>

namespace gangway {

// Name, release and processor: "Linux 6.1.0 x86_64".
std::string operating_system();

}  // namespace gangway
