// Runs a function in a child process that a test has restricted: another user, a full file system,
// a size limit. What the function returned, or how its process ended, comes back as text.
#pragma once

#include <functional>
#include <string>

namespace vmctl_test {

// What `body` returned; the message of what it threw; or "ended by signal N".
std::string in_child(const std::function<std::string()>& body);

// For a child: an ordinary user when the tests run as root, no change otherwise.
void drop_root();

// For a child: puts a file system of `bytes` over `directory`, in namespaces of its own. False:
// this machine does not let us.
bool mount_small_file_system(const std::string& directory, std::size_t bytes);

}  // namespace vmctl_test
