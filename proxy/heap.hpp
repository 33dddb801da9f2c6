// What the allocator keeps of memory that nobody uses any more.
#pragma once

namespace proxy {

// Once, at the start: large buffers come from the system one by one and go back to it.
void keep_large_buffers_off_heap();

// Gives back what a crowd of clients has left. Takes milliseconds.
void return_free_memory();

}  // namespace proxy
