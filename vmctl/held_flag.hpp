// A flag that is up for as long as this lives.
#pragma once

namespace vmctl {

class held_flag {
public:
    explicit held_flag(bool& flag) : flag_(flag) { flag_ = true; }

    held_flag(const held_flag&) = delete;
    held_flag& operator=(const held_flag&) = delete;
    held_flag(held_flag&&) = delete;
    held_flag& operator=(held_flag&&) = delete;

    ~held_flag() { flag_ = false; }

private:
    bool& flag_;
};

}  // namespace vmctl
