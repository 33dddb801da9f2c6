// Overlapped calls, one at a time.
#include "tests/windows/support/pipe_client.hpp"

#include <windows.h>

#include <array>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace windows_support {
namespace {

constexpr DWORD patience = 30000;

[[noreturn]] void fail(const char* what, DWORD error)
{
    throw std::runtime_error(std::string(what) + ": error " + std::to_string(error));
}

}  // namespace

struct pipe_client::handles {
    HANDLE pipe = INVALID_HANDLE_VALUE;
    HANDLE done = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);

    // What the call has moved. Nothing: the other side has gone.
    std::optional<DWORD> finish(OVERLAPPED& call, BOOL begun) const
    {
        auto error = begun != 0 ? DWORD{ERROR_SUCCESS} : ::GetLastError();
        if (error == ERROR_IO_PENDING) {
            if (::WaitForSingleObject(done, patience) != WAIT_OBJECT_0) {
                ::CancelIoEx(pipe, &call);
                DWORD ignored = 0;
                ::GetOverlappedResult(pipe, &call, &ignored, TRUE);
                throw std::runtime_error("nothing comes through the pipe");
            }
            error = ERROR_SUCCESS;
        }
        DWORD count = 0;
        if (error == ERROR_SUCCESS && ::GetOverlappedResult(pipe, &call, &count, TRUE) != 0)
            return count;
        if (error == ERROR_SUCCESS) error = ::GetLastError();
        if (error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED) return std::nullopt;
        fail("the pipe", error);
    }

    OVERLAPPED prepared() const
    {
        ::ResetEvent(done);
        OVERLAPPED call{};
        call.hEvent = done;
        return call;
    }
};

pipe_client::pipe_client(const std::string& name) : handles_(new handles)
{
    const auto path = std::filesystem::path(R"(\\.\pipe\)" + name).wstring();
    for (;;) {
        handles_->pipe = ::CreateFileW(
            path.c_str(),
            GENERIC_READ | GENERIC_WRITE,
            0,
            nullptr,
            OPEN_EXISTING,
            FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS,
            nullptr
        );
        if (handles_->pipe != INVALID_HANDLE_VALUE) return;
        if (const auto error = ::GetLastError(); error != ERROR_PIPE_BUSY)
            fail("the pipe cannot be opened", error);
        ::WaitNamedPipeW(path.c_str(), patience);
    }
}

pipe_client::~pipe_client()
{
    ::CloseHandle(handles_->pipe);
    ::CloseHandle(handles_->done);
}

void pipe_client::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto call = handles_->prepared();
        const auto begun = ::WriteFile(
            handles_->pipe, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, &call
        );
        const auto count = handles_->finish(call, begun);
        if (!count) throw std::runtime_error("nobody reads from the pipe any more");
        bytes.remove_prefix(*count);
    }
}

void pipe_client::close_write()
{
    auto call = handles_->prepared();
    const auto begun = ::WriteFile(handles_->pipe, "", 0, nullptr, &call);
    handles_->finish(call, begun);
}

std::optional<std::string> pipe_client::receive()
{
    if (!rest_.empty()) return std::exchange(rest_, {});
    std::array<char, 65536> block{};
    auto call = handles_->prepared();
    const auto begun =
        ::ReadFile(handles_->pipe, block.data(), static_cast<DWORD>(block.size()), nullptr, &call);
    const auto count = handles_->finish(call, begun);
    if (!count || *count == 0) return std::nullopt;
    return std::string(block.data(), *count);
}

std::string pipe_client::receive_until(std::string_view end)
{
    std::string all;
    while (all.find(end) == std::string::npos) {
        const auto more = receive();
        if (!more) throw std::runtime_error("the pipe ended after: " + all);
        all += *more;
    }
    const auto size = all.find(end) + end.size();
    rest_ = all.substr(size);
    all.resize(size);
    return all;
}

std::string pipe_client::receive_exactly(std::size_t size)
{
    std::string all;
    while (all.size() < size) {
        const auto more = receive();
        if (!more) throw std::runtime_error("the pipe ended after: " + all);
        all += *more;
    }
    rest_ = all.substr(size);
    all.resize(size);
    return all;
}

std::string pipe_client::receive_all()
{
    std::string all;
    for (auto more = receive(); more; more = receive()) all += *more;
    return all;
}

}  // namespace windows_support
