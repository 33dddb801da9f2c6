// One owned file descriptor.
#pragma once

#include <unistd.h>

#include <utility>

namespace test_support {

class unique_fd {
public:
    unique_fd() = default;

    explicit unique_fd(int descriptor) : descriptor_(descriptor) {}

    unique_fd(unique_fd&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

    unique_fd& operator=(unique_fd&& other) noexcept
    {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }

    unique_fd(const unique_fd&) = delete;
    unique_fd& operator=(const unique_fd&) = delete;

    ~unique_fd() { reset(); }

    int get() const { return descriptor_; }

    explicit operator bool() const { return descriptor_ >= 0; }

    void reset()
    {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }

private:
    int descriptor_ = -1;
};

}  // namespace test_support
