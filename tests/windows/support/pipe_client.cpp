// Overlapped operations that are waited for.
#include "tests/windows/support/pipe_client.hpp"

#include "tests/support/eventually.hpp"

#include <windows.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace test_support {
namespace {

[[noreturn]] void fail(unsigned long number, const char* what)
{
    throw std::system_error(static_cast<int>(number), std::system_category(), what);
}

HANDLE open(const std::string& name)
{
    const auto path = R"(\\.\pipe\)" + name;
    const auto give_up = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const HANDLE pipe = ::CreateFileA(
            path.c_str(),
            GENERIC_READ | GENERIC_WRITE,
            0,
            nullptr,
            OPEN_EXISTING,
            FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS,
            nullptr
        );
        if (pipe != INVALID_HANDLE_VALUE) return pipe;
        const auto failure = ::GetLastError();
        if (failure != ERROR_PIPE_BUSY || std::chrono::steady_clock::now() > give_up) {
            fail(failure, "open a pipe");
        }
        ::Sleep(10);
    }
}

}  // namespace

pipe_client::pipe_client(const std::string& name, kind how) : pipe_client(open(name))
{
    kind_ = how;
}

pipe_client::pipe_client(void* pipe) : pipe_(pipe) {}

pipe_client::pipe_client(pipe_client&& other) noexcept
    : pipe_(std::exchange(other.pipe_, nullptr)), kind_(other.kind_), ended_(other.ended_)
{
}

pipe_client::~pipe_client()
{
    close();
}

template <class Begin>
pipe_client::outcome pipe_client::wait_for(Begin begin)
{
    const std::unique_ptr<void, decltype(&::CloseHandle)> event(
        ::CreateEventW(nullptr, TRUE, FALSE, nullptr), &::CloseHandle
    );
    OVERLAPPED operation{};
    operation.hEvent = event.get();
    if (!begin(&operation) && ::GetLastError() != ERROR_IO_PENDING) return {0, ::GetLastError()};
    const auto deadline = static_cast<DWORD>(std::chrono::milliseconds(patience).count());
    const bool late = ::WaitForSingleObject(event.get(), deadline) != WAIT_OBJECT_0;
    if (late) ::CancelIoEx(pipe_, &operation);
    DWORD count = 0;
    const bool done = ::GetOverlappedResult(pipe_, &operation, &count, TRUE) != 0;
    if (late) throw std::runtime_error("an operation of the pipe's client has passed its deadline");
    return {count, done ? 0 : ::GetLastError()};
}

void pipe_client::write(std::string_view bytes)
{
    const auto size = static_cast<DWORD>(bytes.size());
    const auto written = wait_for([&](OVERLAPPED* operation) {
        return ::WriteFile(pipe_, bytes.data(), size, nullptr, operation) != 0;
    });
    if (written.failure != 0) fail(written.failure, "write");
    if (written.count != bytes.size()) throw std::runtime_error("a message was written in part");
}

std::string pipe_client::read_some(std::size_t most)
{
    while (!ended_) {
        std::string bytes(most, '\0');
        const auto size = static_cast<DWORD>(bytes.size());
        const auto read = wait_for([&](OVERLAPPED* operation) {
            return ::ReadFile(pipe_, bytes.data(), size, nullptr, operation) != 0;
        });
        if (read.failure != 0 && read.failure != ERROR_BROKEN_PIPE) fail(read.failure, "read");
        if (read.count > 0) {
            bytes.resize(read.count);
            return bytes;
        }
        if (read.failure != 0 || kind_ == kind::winio) ended_ = true;
    }
    return {};
}

std::string pipe_client::read(std::size_t count)
{
    std::string all;
    while (all.size() < count) {
        const auto some = read_some(count - all.size());
        if (some.empty()) throw std::runtime_error("the pipe ends after " + all);
        all += some;
    }
    return all;
}

std::string pipe_client::read_until(std::string_view end)
{
    std::string all;
    while (!all.ends_with(end)) all += read(1);
    return all;
}

std::string pipe_client::read_all()
{
    std::string all;
    for (;;) {
        const auto some = read_some();
        if (some.empty()) return all;
        all += some;
    }
}

unsigned long pipe_client::read_failure()
{
    char byte = 0;
    outcome read;
    while (read.failure == 0) {
        read = wait_for([&](OVERLAPPED* operation) {
            return ::ReadFile(pipe_, &byte, 1, nullptr, operation) != 0;
        });
    }
    return read.failure;
}

void pipe_client::write_nothing()
{
    const auto written = wait_for([&](OVERLAPPED* operation) {
        return ::WriteFile(pipe_, "", 0, nullptr, operation) != 0;
    });
    if (written.failure != 0) fail(written.failure, "write nothing");
}

void pipe_client::close_write()
{
    if (::FlushFileBuffers(pipe_) == 0) fail(::GetLastError(), "flush");
    write_nothing();
}

void pipe_client::close()
{
    if (pipe_ != nullptr) ::CloseHandle(std::exchange(pipe_, nullptr));
}

std::string new_pipe_name()
{
    static std::atomic<int> count = 0;
    return "gangway-test-" + std::to_string(::GetCurrentProcessId()) + "-" +
           std::to_string(++count);
}

}  // namespace test_support
