// A program on a pseudo-terminal: what a person at a keyboard sees and does.
#pragma once

#include "tests/support/child.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace test_support {

struct terminal_size {
    unsigned short rows = 24;
    unsigned short columns = 80;
};

class pty_process {
public:
    pty_process(
        std::vector<std::string> arguments,
        const environment_changes& environment,
        terminal_size size = {}
    );
    ~pty_process();
    pty_process(const pty_process&) = delete;
    pty_process& operator=(const pty_process&) = delete;

    void type(std::string_view keys);
    void resize(terminal_size size);

    // Reads until `text` appears after what an earlier call has found; throws with the screen
    // when it does not come.
    void expect(std::string_view text, std::chrono::milliseconds limit = patience);

    // The same as a question.
    bool shows(std::string_view text, std::chrono::milliseconds limit);

    // Reads to the end of the terminal and waits for the program; throws when it goes on.
    int finish(std::chrono::milliseconds limit = patience);

    void signal(int number) { child_->signal(number); }

    // Everything printed so far.
    const std::string& screen() const { return screen_; }

private:
    // False at the end of the terminal or when nothing came within `limit`.
    bool read_some(std::chrono::milliseconds limit);

    std::string description_;
    unique_fd terminal_;
    std::string screen_;
    std::size_t found_ = 0;
    bool ended_ = false;
    std::unique_ptr<child> child_;
};

}  // namespace test_support
