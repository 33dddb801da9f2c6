// What one check of `gangway doctor` has found.
#pragma once

#include <string>
#include <vector>

namespace gangway {

enum class verdict {
    ok,
    warning,  // works, but not as well as it could, or not for everything
    wrong,    // something does not work
};

struct finding {
    std::string check;  // "kvm", "docker socket"
    verdict judged = verdict::ok;
    std::string found;   // one line
    std::string advice;  // one line, what to do; empty when there is nothing to do
    bool operator==(const finding&) const = default;
};

using findings = std::vector<finding>;

}  // namespace gangway
