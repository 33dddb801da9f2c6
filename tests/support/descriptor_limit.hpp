// How many files and sockets a test may have open.
#pragma once

#include <cstddef>

namespace test_support {

// So many for this process, or as many as it may have at most.
void raise_descriptor_limit(std::size_t count);

}  // namespace test_support
