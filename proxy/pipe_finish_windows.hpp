// The end of one direction of a named pipe (Windows): a zero-length message, after the peer has
// read all that was before it; it would be lost in the message before it otherwise (go-winio#42).
// That takes as long as the peer likes, and a thread of the system's pool.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace proxy {

class pipe_finish {
public:
    // Begins; `told` is called from the loop when all was read and said, or the peer is gone.
    // Uses a duplicate of `pipe`, so that it goes on when that is closed. `waits_again`: until the
    // zero-length message is read, too. Throws boost::system::system_error when there is no thread
    // or handle.
    pipe_finish(
        const boost::asio::any_io_executor& executor,
        void* pipe,
        bool waits_again,
        std::function<void()> told
    );
    pipe_finish(const pipe_finish&) = delete;
    pipe_finish& operator=(const pipe_finish&) = delete;
    pipe_finish(pipe_finish&&) = delete;
    pipe_finish& operator=(pipe_finish&&) = delete;
    // Nobody is told any more; what has begun goes on without us.
    ~pipe_finish();

private:
    struct job;

    static unsigned long __stdcall run(void* context);

    std::shared_ptr<job> job_;
};

}  // namespace proxy
