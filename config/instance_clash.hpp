// Instances of one file that would get in each other's way: two daemons cannot have one state
// directory, nor one socket. Pure.
#pragma once

#include "config/load.hpp"

#include <vector>

namespace config {

// One problem for each place that several of `instances` have.
std::vector<problem> clashes_between(const std::vector<loaded>& instances);

}  // namespace config
