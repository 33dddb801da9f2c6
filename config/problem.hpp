// What is wrong with a configuration, in words for the person who wrote it.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace config {

struct problem {
    // "/etc/gangway/gangway.json:12", or empty for the command line.
    std::string source;
    // The setting ("vm.memory", "docker.listen[1]"), the flag ("--listen"), or the place in the
    // file
    // ("line 3, column 7"). Empty when the whole source is meant.
    std::string where;
    // What is wrong and what is allowed.
    std::string what;

    bool operator==(const problem&) const = default;
};

// "SOURCE: WHERE: WHAT" on one line.
std::string to_string(const problem& problem);

// The configuration cannot be used. Holds every problem found, never none; what() has a line for
// each. Programs print it and end with exit status 2.
class config_error : public std::runtime_error {
public:
    explicit config_error(std::vector<problem> problems);

    const std::vector<problem>& problems() const { return problems_; }

private:
    std::vector<problem> problems_;
};

}  // namespace config
