// The one way in which the things that a VM needs on disk fail: image, data disk, keys, tools.
#pragma once

#include <stdexcept>

namespace vmctl {

// what() is a sentence for the user: which file or tool, why, and what to do about it.
class storage_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace vmctl
