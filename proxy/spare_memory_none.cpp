// Nothing to do here.
#include "proxy/spare_memory.hpp"

namespace proxy {

void return_spare_memory() noexcept {}

}  // namespace proxy
