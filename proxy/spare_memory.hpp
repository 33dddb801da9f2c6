// What a crowd of clients has left behind.
#pragma once

namespace proxy {

// Gives memory that is allocated but unused back to the system, where the allocator keeps it.
void return_spare_memory() noexcept;

}  // namespace proxy
