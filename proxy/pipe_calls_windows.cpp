// PeekNamedPipe, ReadFile and the like, without the completion port's knowledge.
#include "proxy/pipe_calls.hpp"

#include <boost/system/system_error.hpp>
#include <windows.h>

#include <algorithm>

namespace asio = boost::asio;
using boost::system::error_code;

namespace proxy {
namespace {

// NtQueryInformationFile's FilePipeLocalInformation (ntifs.h): PeekNamedPipe says nothing of the
// end while there are bytes.
struct pipe_information {
    ULONG type, configuration, most_instances, instances;
    ULONG inbound_quota, readable, outbound_quota, writable;
    ULONG state, end;
};

struct io_status {
    void* status = nullptr;
    ULONG_PTR information = 0;
};

extern "C" LONG __stdcall NtQueryInformationFile(HANDLE, io_status*, void*, ULONG, int);

// The lowest bit of its event keeps an operation from the completion port
// (GetQueuedCompletionStatus).
class unqueued_operation {
public:
    unqueued_operation() : event_(::CreateEventW(nullptr, TRUE, FALSE, nullptr))
    {
        if (event_ == nullptr) throw boost::system::system_error(last_error(), "create an event");
        overlapped.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<ULONG_PTR>(event_) | 1);
    }

    unqueued_operation(const unqueued_operation&) = delete;
    unqueued_operation& operator=(const unqueued_operation&) = delete;
    unqueued_operation(unqueued_operation&&) = delete;
    unqueued_operation& operator=(unqueued_operation&&) = delete;

    ~unqueued_operation() { ::CloseHandle(event_); }

    OVERLAPPED overlapped{};

private:
    HANDLE event_;
};

}  // namespace

error_code last_error()
{
    return {static_cast<int>(::GetLastError()), boost::system::system_category()};
}

bool means_gone(const error_code& failure)
{
    switch (failure.value()) {
        case ERROR_BROKEN_PIPE:
        case ERROR_PIPE_NOT_CONNECTED:
        case ERROR_NO_DATA:
            return true;
        default:
            return false;
    }
}

std::optional<std::size_t> read_at_once(void* pipe, asio::mutable_buffer into, error_code& failure)
{
    DWORD there = 0;
    if (::PeekNamedPipe(pipe, nullptr, 0, nullptr, &there, nullptr) == 0) {
        failure = last_error();
        return std::nullopt;
    }
    if (there == 0) return std::nullopt;
    unqueued_operation operation;
    auto* const overlapped = &operation.overlapped;
    const auto size = static_cast<DWORD>(std::min(into.size(), std::size_t{1} << 30U));
    if (::ReadFile(pipe, into.data(), size, nullptr, overlapped) == 0) {
        if (::GetLastError() != ERROR_IO_PENDING) {
            failure = last_error();
            return std::nullopt;
        }
        // It was there: only that we never wait.
        ::CancelIoEx(pipe, overlapped);
    }
    DWORD count = 0;
    if (::GetOverlappedResult(pipe, overlapped, &count, TRUE) != 0) return count;
    if (::GetLastError() != ERROR_OPERATION_ABORTED) failure = last_error();
    return std::nullopt;
}

bool peer_has_closed(void* pipe)
{
    constexpr int local_information = 24;
    constexpr ULONG connected = 3;
    io_status status;
    pipe_information found{};
    const auto result =
        NtQueryInformationFile(pipe, &status, &found, sizeof found, local_information);
    return result < 0 || found.state != connected;
}

bool write_zero_length_message(void* pipe) noexcept
try {
    unqueued_operation operation;
    auto* const overlapped = &operation.overlapped;
    if (::WriteFile(pipe, "", 0, nullptr, overlapped) != 0) return true;
    if (::GetLastError() != ERROR_IO_PENDING) return false;
    DWORD ignored = 0;
    return ::GetOverlappedResult(pipe, overlapped, &ignored, TRUE) != 0;

} catch (const boost::system::system_error&) {
    return false;
}

}  // namespace proxy
