// A program run by a test: its input given, its output captured, its end waited for with a limit.
#pragma once

#include "tests/support/child.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

namespace test_support {

struct no_input {};  // /dev/null

struct piped_text {
    std::string text;
};  // through a pipe, then end of file

struct input_file {
    std::filesystem::path path;
};

struct open_pipe {};  // write_input() and close_input()

using process_input = std::variant<no_input, piped_text, input_file, open_pipe>;

struct process_options {
    std::vector<std::string> arguments;  // the program is looked up on PATH
    environment_changes environment = {};
    process_input input = no_input{};
    // Standard output goes here instead of into memory.
    std::optional<std::filesystem::path> output_file = std::nullopt;
};

struct process_result {
    int exit_status = 0;
    std::string out;
    std::string err;
};

class process {
public:
    explicit process(process_options options);
    ~process();
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    pid_t pid() const { return child_->pid(); }

    bool running() { return child_->running(); }

    void signal(int number) { child_->signal(number); }

    // Nothing when it still runs after `limit`.
    std::optional<int> wait(std::chrono::milliseconds limit) { return child_->wait(limit); }

    // Waits for the end; throws with what was printed so far when it does not come.
    process_result finish(std::chrono::milliseconds limit = patience);

    // Waits until standard output or standard error contains `text`; throws like finish().
    void expect_output(std::string_view text, std::chrono::milliseconds limit = patience);

    std::string out() const;
    std::string err() const;

    void write_input(std::string_view text);
    void close_input();

private:
    std::string story(std::string_view complaint) const;

    std::string description_;
    unique_fd out_;
    unique_fd err_;
    unique_fd input_;
    std::unique_ptr<child> child_;
    // Declared last: it is joined only after the destructor's body has ended the child.
    std::jthread feeder_;
};

process_result run(process_options options, std::chrono::milliseconds limit = patience);

// Runs it and throws unless it ends with 0; returns its standard output.
std::string run_checked(process_options options, std::chrono::milliseconds limit = patience);

}  // namespace test_support
