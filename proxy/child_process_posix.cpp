// SIGCHLD says when it is worth asking which of them have ended.
#include "proxy/child_process.hpp"
#include "proxy/socket_stream.hpp"
#include "proxy/spawn.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/error_code.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <list>
#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// An ssh that was told to end has ended long before.
constexpr auto grace = std::chrono::seconds(1);

constexpr std::size_t kept_errors = std::size_t{8} * 1024;

// One program, from its start until it is reaped, which may be after nobody wants it any more.
struct program {
    program(const asio::any_io_executor& executor, descriptor our_socket, descriptor says)
        : socket(std::move(our_socket)), saying(executor)
    {
        saying.assign(says.get());
        says.release();
    }

    program(const program&) = delete;
    program& operator=(const program&) = delete;
    program(program&&) = delete;
    program& operator=(program&&) = delete;
    ~program() = default;

    // Takes what it has said so far. False: it will say no more.
    bool listen()
    {
        std::array<char, 4096> bytes;
        // Then others have their turn.
        for (int turn = 0; turn < 16; ++turn) {
            const auto count = ::read(saying.native_handle(), bytes.data(), bytes.size());
            if (count <= 0) return count < 0 && errno == EAGAIN;
            errors.append(bytes.data(), static_cast<std::size_t>(count));
            if (errors.size() > kept_errors) errors.erase(0, errors.size() - kept_errors);
        }
        return true;
    }

    void stop_listening()
    {
        boost::system::error_code closed_already;
        saying.cancel(closed_already);
    }

    void signal(int number) const
    {
        if (!status) ::kill(-pid, number);
    }

    pid_t pid = -1;
    descriptor socket;
    asio::posix::stream_descriptor saying;
    std::string errors;
    std::optional<int> status;
    std::function<void()> ended;
    std::optional<deadline> last_moment;  // it was told to end
};

// A signal that comes meanwhile, of another program's end, is not the end of this one.
void await_end(pid_t pid)
{
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

// So that it never has to wait for us to read.
void listen_on(const std::shared_ptr<program>& one)
{
    one->saying.async_wait(
        asio::posix::stream_descriptor::wait_read,
        [one](boost::system::error_code called_off) {
            if (called_off || one->status) return;
            const bool says_more = one->listen();
            if (says_more) listen_on(one);
        }
    );
}

}  // namespace

class child_processes::registry {
public:
    registry(asio::any_io_executor executor, deadlines& all)
        : executor_(std::move(executor)), deadlines_(all), ends_(executor_)
    {
    }

    std::shared_ptr<program> start(std::vector<std::string> words)
    {
        if (!listens_) ends_.add(SIGCHLD);
        listens_ = true;
        auto ends = make_program_ends();
        auto one =
            std::make_shared<program>(executor_, std::move(ends.socket), std::move(ends.errors));
        one->pid = spawn(std::move(words), ends);
        running_.push_back(one);
        listen_on(one);
        wait();
        return one;
    }

    void end(const std::shared_ptr<program>& one)
    {
        one->ended = nullptr;
        one->stop_listening();
        if (one->status || closed_) return;
        one->signal(SIGTERM);
        one->last_moment.emplace(deadlines_, grace, [stubborn = one.get()] {
            stubborn->signal(SIGKILL);
        });
    }

    void close()
    {
        closed_ = true;
        ends_.cancel();
        for (auto& one : running_) {
            one->last_moment.reset();
            one->signal(SIGKILL);
            await_end(one->pid);
            one->stop_listening();
        }
        running_.clear();
    }

private:
    void wait()
    {
        if (waiting_) return;
        waiting_ = true;
        ends_.async_wait([self = std::weak_ptr(self_)](boost::system::error_code closed, int) {
            const auto living = self.lock();
            if (!living || closed) return;
            (*living)->waiting_ = false;
            (*living)->reap();
            if (!(*living)->running_.empty()) (*living)->wait();
        });
    }

    void reap()
    {
        for (auto each = running_.begin(); each != running_.end();) {
            const auto one = *each;
            siginfo_t info{};
            const int failed =
                ::waitid(P_PID, static_cast<id_t>(one->pid), &info, WEXITED | WNOHANG | WNOWAIT);
            if (failed != 0 || info.si_pid != one->pid) {
                ++each;
                continue;
            }
            each = running_.erase(each);
            // What it had started in its turn; the number of its group is ours until it is reaped.
            one->signal(SIGKILL);
            await_end(one->pid);
            one->status = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
            one->last_moment.reset();
            one->listen();
            one->stop_listening();
            if (one->ended) std::exchange(one->ended, nullptr)();
        }
    }

    asio::any_io_executor executor_;
    deadlines& deadlines_;
    asio::signal_set ends_;
    std::list<std::shared_ptr<program>> running_;
    bool listens_ = false;
    bool waiting_ = false;
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

    std::unique_ptr<byte_stream> take_stream() override
    {
        return make_socket_stream(one_->saying.get_executor(), one_->socket.release());
    }

    std::optional<int> exit_status() const noexcept override { return one_->status; }

    const std::string& errors() const noexcept override { return one_->errors; }

    void on_end(std::function<void()> ended) override { one_->ended = std::move(ended); }

private:
    std::shared_ptr<program> one_;
    std::function<void()> end_;
};

}  // namespace

child_processes::child_processes(asio::any_io_executor executor, deadlines& all)
    : registry_(std::make_shared<registry>(std::move(executor), all))
{
}

child_processes::~child_processes()
{
    registry_->close();
}

std::unique_ptr<child_process> child_processes::start(std::vector<std::string> words)
{
    auto one = registry_->start(std::move(words));
    auto end = [registry = registry_, one] { registry->end(one); };
    return std::make_unique<started_process>(std::move(one), std::move(end));
}

}  // namespace proxy
