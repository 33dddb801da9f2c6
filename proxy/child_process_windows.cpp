// A program's process says when it has ended; what it has started in its turn is in its job.
#include "proxy/child_process.hpp"
#include "proxy/program_pipes_windows.hpp"
#include "proxy/spawn_windows.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <windows.h>

#include <array>
#include <list>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

constexpr std::size_t kept_errors = std::size_t{8} * 1024;

// A process that ends as Windows ends those that crash is one that failed by itself: ssh(1).
constexpr unsigned largest_status = 255;

// How one is told to end, where there are no signals.
constexpr unsigned killed = 128 + 9;

// For processes that are being ended; one that a driver holds does not hold us.
constexpr unsigned longest_end = 5000;  // milliseconds

// One program, from its start until it has ended, which may be after nobody wants it any more.
struct program {
    explicit program(spawned_program started)
        : job(std::move(started.job)),
          process(std::move(started.process)),
          errors_from(std::move(started.errors)),
          stream(make_program_stream(std::move(started.output), std::move(started.input)))
    {
    }

    void kill() const { ::TerminateJobObject(job.get(), killed); }

    owned_handle job;
    asio::windows::object_handle process;
    asio::windows::stream_handle errors_from;
    std::array<char, 4096> bytes{};
    std::unique_ptr<byte_stream> stream;
    std::string errors;
    bool says_more = true;
    bool runs = true;
    std::optional<int> status;
    std::function<void()> ended;
};

int status_of(const program& one)
{
    DWORD code = largest_status;
    ::GetExitCodeProcess(const_cast<program&>(one).process.native_handle(), &code);
    return static_cast<int>(code <= largest_status ? code : largest_status);
}

}  // namespace

class child_processes::registry {
public:
    explicit registry(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    std::shared_ptr<program> start(const std::vector<std::string>& words)
    {
        auto one = std::make_shared<program>(spawn(executor_, words));
        running_.push_back(one);
        listen_on(one);
        one->process.async_wait([self = std::weak_ptr(self_), one](boost::system::error_code off) {
            const auto living = self.lock();
            if (!living || off) return;
            one->runs = false;
            one->kill();  // what it had started in its turn
            (*living)->settle(one);
        });
        return one;
    }

    void end(const std::shared_ptr<program>& one)
    {
        one->ended = nullptr;
        one->stream.reset();
        if (!one->status && !closed_) one->kill();
    }

    void close()
    {
        closed_ = true;
        for (auto& one : running_) {
            one->kill();
            ::WaitForSingleObject(one->process.native_handle(), longest_end);
            boost::system::error_code ignored;
            one->process.close(ignored);
            one->errors_from.close(ignored);
        }
        running_.clear();
    }

private:
    // So that it never has to wait for us to read.
    void listen_on(const std::shared_ptr<program>& one)
    {
        one->errors_from.async_read_some(
            asio::buffer(one->bytes),
            [self = std::weak_ptr(self_), one](boost::system::error_code end, std::size_t count) {
                one->errors.append(one->bytes.data(), count);
                if (one->errors.size() > kept_errors)
                    one->errors.erase(0, one->errors.size() - kept_errors);
                const auto living = self.lock();
                if (!living) return;
                if (!end) {
                    (*living)->listen_on(one);
                    return;
                }
                one->says_more = false;
                (*living)->settle(one);
            }
        );
    }

    // It has ended once all that it has said was heard.
    void settle(const std::shared_ptr<program>& one)
    {
        if (one->runs || one->says_more || closed_) return;
        one->status = status_of(*one);
        running_.remove(one);
        if (one->ended) std::exchange(one->ended, nullptr)();
    }

    asio::any_io_executor executor_;
    std::list<std::shared_ptr<program>> running_;
    bool closed_ = false;
    // What was called off may be told after our end.
    std::shared_ptr<registry*> self_ = std::make_shared<registry*>(this);
};

namespace {

class started_process final : public child_process {
public:
    started_process(std::shared_ptr<program> one, std::function<void()> end)
        : one_(std::move(one)), end_(std::move(end))
    {
    }

    started_process(const started_process&) = delete;
    started_process& operator=(const started_process&) = delete;
    started_process(started_process&&) = delete;
    started_process& operator=(started_process&&) = delete;

    ~started_process() override { end_(); }

    std::unique_ptr<byte_stream> take_stream() override { return std::move(one_->stream); }

    std::optional<int> exit_status() const noexcept override { return one_->status; }

    const std::string& errors() const noexcept override { return one_->errors; }

    void on_end(std::function<void()> ended) override { one_->ended = std::move(ended); }

private:
    std::shared_ptr<program> one_;
    std::function<void()> end_;
};

}  // namespace

child_processes::child_processes(asio::any_io_executor executor, deadlines&)
    : registry_(std::make_shared<registry>(std::move(executor)))
{
}

child_processes::~child_processes()
{
    registry_->close();
}

std::unique_ptr<child_process> child_processes::start(std::vector<std::string> words)
{
    auto one = registry_->start(words);
    auto end = [registry = registry_, one] { registry->end(one); };
    return std::make_unique<started_process>(std::move(one), std::move(end));
}

}  // namespace proxy
