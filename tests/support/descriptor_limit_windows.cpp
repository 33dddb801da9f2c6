// Windows has none.
#include "tests/support/descriptor_limit.hpp"

namespace test_support {

void raise_descriptor_limit(std::size_t) {}

}  // namespace test_support
