// Programs of this machine that carry a connection: standard input and output of each are one
// stream, whose other end is ours, and the end of what it says on standard error is kept. None
// outlives us, becomes a zombie, or inherits a descriptor or handle.
#pragma once

#include "proxy/byte_stream.hpp"
#include "proxy/deadlines.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace proxy {

// what() names the program.
class program_missing : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// One that was started. Destroying it ends the program, and what it has started in its turn.
class child_process {
public:
    child_process() = default;
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    child_process(child_process&&) = delete;
    child_process& operator=(child_process&&) = delete;
    virtual ~child_process() = default;

    // Our end of its input and output. For one caller. Throws boost::system::system_error.
    virtual std::unique_ptr<byte_stream> take_stream() = 0;

    // 128 + N when signal N ended it, as a shell says (Windows knows no signals); nothing while it
    // runs.
    virtual std::optional<int> exit_status() const noexcept = 0;

    // The end of what it has said, all of it once it has ended.
    virtual const std::string& errors() const noexcept = 0;

    // `ended` is called once, from the loop, when the program has ended.
    virtual void on_end(std::function<void()> ended) = 0;
};

// Lives on the loop's thread; the loop has work until the last of its programs is reaped. What
// still runs when this is destroyed is killed.
class child_processes {
public:
    child_processes(boost::asio::any_io_executor executor, deadlines& all);
    ~child_processes();
    child_processes(const child_processes&) = delete;
    child_processes& operator=(const child_processes&) = delete;

    // Runs `words`, whose first is looked up in the absolute directories of PATH, with messages in
    // English. Throws program_missing, or boost::system::system_error, no_descriptors among others.
    std::unique_ptr<child_process> start(std::vector<std::string> words);

private:
    class registry;

    std::shared_ptr<registry> registry_;
};

}  // namespace proxy
