// Accepting clients on named pipes. Several instances of the pipe wait for clients at any time.
#include "proxy/listener.hpp"
#include "proxy/pipe_calls.hpp"
#include "proxy/pipe_security.hpp"
#include "proxy/pipe_stream.hpp"
#include "proxy/windows_text.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/windows/object_handle.hpp>
#include <boost/system/system_error.hpp>
#include <sddl.h>
#include <spdlog/spdlog.h>
#include <windows.h>

#include <array>
#include <chrono>
#include <deque>
#include <utility>
#include <variant>

namespace asio = boost::asio;
using boost::system::error_code;

namespace proxy {
namespace {

// Clients that come at once; more have to try again, which they do.
constexpr std::size_t instances = 8;

constexpr DWORD buffer_size = 64 * 1024;

bool is_shortage(const error_code& failure)
{
    switch (failure.value()) {
        case ERROR_NO_SYSTEM_RESOURCES:
        case ERROR_NOT_ENOUGH_MEMORY:
        case ERROR_OUTOFMEMORY:
        case ERROR_NOT_ENOUGH_QUOTA:
        case ERROR_TOO_MANY_OPEN_FILES:
        case ERROR_PIPE_BUSY:
            return true;
        default:
            return false;
    }
}

// The process that serves the pipe, for a message.
std::string owner_of(const std::wstring& path)
{
    ULONG process = 0;
    const HANDLE pipe = ::CreateFileW(
        path.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr
    );
    if (pipe == INVALID_HANDLE_VALUE) return "another program";
    const bool found = ::GetNamedPipeServerProcessId(pipe, &process) != 0;
    ::CloseHandle(pipe);
    if (!found || process == 0) return "another program";
    const peer owner{0, static_cast<int>(process)};
    const auto command = command_of(owner);
    return (command.empty() ? "a process" : command) + " (pid " + std::to_string(process) + ")";
}

[[noreturn]] void refuse_taken(const std::string& name, const std::wstring& path)
{
    throw listen_error(
        name + " is served already, by " + owner_of(path) +
        "; stop that (Docker Desktop has docker_engine), or listen at another name "
        "(--listen npipe:////./pipe/NAME)"
    );
}

class pipe_listener final : public listener {
public:
    pipe_listener(
        const asio::any_io_executor& executor,
        std::string name,
        std::wstring path,
        std::string rights
    )
        : name_(std::move(name)),
          path_(std::move(path)),
          security_(rights),
          connected_(executor, make_event())
    {
        // Wine lets a second program have the first instance; this sees it, and does not connect.
        if (::WaitNamedPipeW(path_.c_str(), 1) != 0 || ::GetLastError() == ERROR_SEM_TIMEOUT) {
            refuse_taken(name_, path_);
        }
        error_code failure;
        bool first = true;
        for (auto& each : waiting_) {
            each.pipe = create(first, failure);
            if (failure.value() == ERROR_ACCESS_DENIED && first) refuse_taken(name_, path_);
            if (failure) throw listen_error(name_ + " cannot be made: " + failure.message());
            first = false;
            connect(each);
        }
    }

    pipe_listener(const pipe_listener&) = delete;
    pipe_listener& operator=(const pipe_listener&) = delete;
    pipe_listener(pipe_listener&&) = delete;
    pipe_listener& operator=(pipe_listener&&) = delete;

    ~pipe_listener()
    {
        for (const auto& pipe : ready_) ::CloseHandle(pipe);
    }

    asio::awaitable<client_connection> accept() override
    {
        const auto executor = co_await asio::this_coro::executor;
        bool told = false;
        for (;;) {
            error_code failure;
            take_connected(failure);
            if (!ready_.empty()) {
                const HANDLE pipe = ready_.front();
                ready_.pop_front();
                const auto who = peer_of(pipe);
                co_return client_connection{
                    make_pipe_stream(executor, pipe, pipe_end::server), who};
            }
            if (!failure) {
                co_await wait_for_client();
                continue;
            }
            if (!is_shortage(failure)) {
                throw boost::system::system_error(failure, "accept on " + name_);
            }
            if (!std::exchange(told, true)) {
                spdlog::warn("{}: clients have to wait: {}", name_, failure.message());
            }
            asio::steady_timer pause(executor, std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    std::string name() const override { return name_; }

private:
    struct instance {
        instance() = default;
        instance(const instance&) = delete;
        instance& operator=(const instance&) = delete;
        instance(instance&&) = delete;
        instance& operator=(instance&&) = delete;

        ~instance() { close(); }

        HANDLE pipe = INVALID_HANDLE_VALUE;
        OVERLAPPED operation{};
        bool pending = false;  // Windows refers to `operation`
        bool has_client = false;

        void close()
        {
            if (pipe == INVALID_HANDLE_VALUE) return;
            if (std::exchange(pending, false)) {
                ::CancelIoEx(pipe, &operation);
                DWORD ignored = 0;
                ::GetOverlappedResult(pipe, &operation, &ignored, TRUE);
            }
            ::CloseHandle(std::exchange(pipe, INVALID_HANDLE_VALUE));
        }
    };

    // Asio's wait for a handle does not know of cancellation.
    asio::awaitable<void> wait_for_client()
    {
        const auto state = co_await asio::this_coro::cancellation_state;
        auto slot = state.slot();
        if (slot.is_connected()) {
            slot.assign([this](asio::cancellation_type) { connected_.cancel(); });
        }
        error_code failure;
        co_await connected_.async_wait(asio::redirect_error(asio::use_awaitable, failure));
        if (slot.is_connected()) slot.clear();
        if (failure) throw boost::system::system_error(failure, "wait on " + name_);
    }

    static HANDLE make_event()
    {
        const HANDLE event = ::CreateEventW(nullptr, FALSE, FALSE, nullptr);
        if (event == nullptr) throw boost::system::system_error(last_error(), "create an event");
        return event;
    }

    HANDLE create(bool first, error_code& failure)
    {
        SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), security_.get(), FALSE};
        const HANDLE pipe = ::CreateNamedPipeW(
            path_.c_str(),
            PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED |
                (first ? DWORD{FILE_FLAG_FIRST_PIPE_INSTANCE} : DWORD{0}),
            PIPE_TYPE_MESSAGE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_UNLIMITED_INSTANCES,
            buffer_size,
            buffer_size,
            0,
            &attributes
        );
        if (pipe == INVALID_HANDLE_VALUE) failure = last_error();
        return pipe;
    }

    // The event is the same for all: whoever waits for it looks at every instance before.
    void connect(instance& one)
    {
        for (;;) {
            one.operation = {};
            one.operation.hEvent = connected_.native_handle();
            one.pending = false;
            one.has_client = true;
            if (::ConnectNamedPipe(one.pipe, &one.operation) != 0) return;
            const auto failure = ::GetLastError();
            if (failure == ERROR_PIPE_CONNECTED) return;
            one.has_client = false;
            one.pending = failure == ERROR_IO_PENDING;
            // Else there was a client, which is gone again.
            if (failure != ERROR_NO_DATA) return;
            ::DisconnectNamedPipe(one.pipe);
        }
    }

    // Puts a new instance where a client has come.
    void take_connected(error_code& failure)
    {
        for (auto& each : waiting_) {
            if (each.pending && HasOverlappedIoCompleted(&each.operation)) {
                DWORD ignored = 0;
                each.pending = false;
                each.has_client =
                    ::GetOverlappedResult(each.pipe, &each.operation, &ignored, FALSE) != 0;
            }
            if (each.pending) continue;
            if (each.has_client) {
                ready_.push_back(std::exchange(each.pipe, INVALID_HANDLE_VALUE));
                each.has_client = false;
            } else {
                each.close();
            }
            each.pipe = create(false, failure);
            if (failure) return;
            connect(each);
        }
    }

    std::string name_;
    std::wstring path_;
    security_descriptor security_;
    asio::windows::object_handle connected_;
    std::array<instance, instances> waiting_;
    std::deque<HANDLE> ready_;  // clients that nobody has accepted yet
};

}  // namespace

std::unique_ptr<listener> listen_on(
    asio::any_io_executor executor, const config::local_endpoint& endpoint, const std::string& group
)
{
    const auto* const pipe = std::get_if<config::pipe_endpoint>(&endpoint);
    if (pipe == nullptr) {
        throw listen_error(
            config::to_string(endpoint) +
            ": unix sockets are not served on Windows; listen at npipe:////./pipe/NAME"
        );
    }
    const auto rights = pipe_security(own_sid(), group.empty() ? "" : sid_of_group(group));
    return std::make_unique<pipe_listener>(
        executor, config::to_string(endpoint), L"\\\\.\\pipe\\" + wide(pipe->name), rights
    );
}

std::vector<std::unique_ptr<listener>> inherited_listeners(asio::any_io_executor)
{
    throw listen_error(
        "fd://: Windows hands no sockets over; listen at npipe:////./pipe/NAME instead"
    );
}

}  // namespace proxy
