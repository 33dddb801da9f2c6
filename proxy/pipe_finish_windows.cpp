// FlushFileBuffers on the system's thread pool, and back to the loop.
#include "proxy/pipe_finish_windows.hpp"

#include "proxy/pipe_calls.hpp"

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/system/system_error.hpp>
#include <windows.h>

#include <mutex>
#include <utility>

namespace asio = boost::asio;

namespace proxy {

// Shared by the stream and the thread. `told` is empty once the stream has no interest any more:
// its loop may be gone then.
struct pipe_finish::job {
    std::mutex mutex;
    asio::any_io_executor executor;  // keeps the loop running until it was told
    std::function<void()> told;
    HANDLE pipe = nullptr;
    bool waits_again = false;
};

namespace {

[[noreturn]] void fail(const char* what)
{
    throw boost::system::system_error(last_error(), what);
}

}  // namespace

pipe_finish::pipe_finish(
    const asio::any_io_executor& executor, void* pipe, bool waits_again, std::function<void()> told
)
    : job_(std::make_shared<job>())
{
    job_->executor = asio::prefer(executor, asio::execution::outstanding_work.tracked);
    job_->told = std::move(told);
    job_->waits_again = waits_again;
    const HANDLE self = ::GetCurrentProcess();
    if (::DuplicateHandle(self, pipe, self, &job_->pipe, 0, FALSE, DUPLICATE_SAME_ACCESS) == 0) {
        fail("duplicate a pipe's handle");
    }
    auto kept = std::make_unique<std::shared_ptr<job>>(job_);
    if (::QueueUserWorkItem(&pipe_finish::run, kept.get(), WT_EXECUTELONGFUNCTION) == 0) {
        ::CloseHandle(job_->pipe);
        fail("flush a pipe");
    }
    kept.release();
}

pipe_finish::~pipe_finish()
{
    const std::lock_guard lock(job_->mutex);
    job_->told = nullptr;
    job_->executor = {};
}

// The pipe breaks when the peer goes, and then there is nobody to tell of the end.
unsigned long __stdcall pipe_finish::run(void* context)
{
    const std::unique_ptr<std::shared_ptr<job>> kept(static_cast<std::shared_ptr<job>*>(context));
    job& mine = **kept;
    if (::FlushFileBuffers(mine.pipe) != 0 && write_zero_length_message(mine.pipe) &&
        mine.waits_again) {
        ::FlushFileBuffers(mine.pipe);
    }
    ::CloseHandle(mine.pipe);
    const std::lock_guard lock(mine.mutex);
    if (!mine.told) return 0;
    asio::post(mine.executor, [job = *kept] {
        // Emptied meanwhile if the stream is gone.
        const auto told = std::exchange(job->told, nullptr);
        job->executor = {};
        if (told) told();
    });
    return 0;
}

}  // namespace proxy
