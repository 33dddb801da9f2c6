// A named pipe, by overlapped calls, so that a read can be waited for with a limit.
#include "gangway/control_client.hpp"
#include "gangway/control_connection.hpp"
#include "gangway/handle_windows.hpp"
#include "gangway/windows_error.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <filesystem>

namespace gangway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// While all instances are taken the server makes another at once; one that does not is broken.
constexpr DWORD patience_for_an_instance = 5000;

[[noreturn]] void fail(const config::local_endpoint& endpoint, std::uint32_t error)
{
    throw failure(
        "the control socket " + place_of(endpoint) +
        " cannot be connected to: " + windows_message(error)
    );
}

// The server may learn who we are, but not act as us: whoever had the name first need not be ours.
HANDLE open_pipe(const std::wstring& name)
{
    return ::CreateFileW(
        name.c_str(),
        GENERIC_READ | GENERIC_WRITE,
        0,
        nullptr,
        OPEN_EXISTING,
        FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
        nullptr
    );
}

class pipe_connection final : public control_connection {
public:
    pipe_connection(windows_handle pipe, const pulse& pulse)
        : pulse_(pulse),
          pipe_(std::move(pipe)),
          done_(::CreateEventW(nullptr, /* bManualReset= */ TRUE, FALSE, nullptr))
    {
    }

    std::size_t write_some(std::string_view bytes, error_code& error) override
    {
        OVERLAPPED call = prepared();
        const auto met =
            outcome_of(::WriteFile(pipe_.get(), bytes.data(), portion(bytes.size()), nullptr, &call)
            );
        return finish(call, met, error);
    }

    std::size_t read_some(char* into, std::size_t size, error_code& error) override
    {
        OVERLAPPED call = prepared();
        const auto met = outcome_of(::ReadFile(pipe_.get(), into, portion(size), nullptr, &call));
        if (met == ERROR_IO_PENDING) wait(call);
        const auto count = finish(call, met, error);
        // A message without bytes is how a pipe says that there will be no more.
        if (!error && count == 0 && size > 0) error = asio::error::eof;
        return count;
    }

private:
    static DWORD portion(std::size_t size)
    {
        constexpr std::size_t most = 65536;
        return static_cast<DWORD>(std::min(size, most));
    }

    OVERLAPPED prepared() const
    {
        ::ResetEvent(done_.get());
        OVERLAPPED call{};
        call.hEvent = done_.get();
        return call;
    }

    void wait(OVERLAPPED& call)
    {
        const auto period =
            pulse_.beat ? static_cast<DWORD>(pulse_.period.count()) : DWORD{INFINITE};
        try {
            while (::WaitForSingleObject(done_.get(), period) == WAIT_TIMEOUT) pulse_.beat();
        } catch (...) {
            // The system writes where the caller reads until it says that it does not.
            ::CancelIoEx(pipe_.get(), &call);
            DWORD ignored = 0;
            ::GetOverlappedResult(pipe_.get(), &call, &ignored, /* bWait= */ TRUE);
            throw;
        }
    }

    // To be asked before any other call is made.
    static DWORD outcome_of(BOOL begun)
    {
        return begun != 0 ? DWORD{ERROR_SUCCESS} : ::GetLastError();
    }

    // `met`: what the call said when it was begun.
    std::size_t finish(OVERLAPPED& call, DWORD met, error_code& error)
    {
        error = {};
        DWORD count = 0;
        const bool begun = met == ERROR_SUCCESS || met == ERROR_IO_PENDING;
        if (begun) met = outcome_of(::GetOverlappedResult(pipe_.get(), &call, &count, TRUE));
        const bool ended =
            met == ERROR_BROKEN_PIPE || met == ERROR_PIPE_NOT_CONNECTED || met == ERROR_NO_DATA;
        if (ended)
            error = asio::error::eof;
        else if (met != ERROR_SUCCESS)
            error.assign(static_cast<int>(met), boost::system::system_category());
        return count;
    }

    const pulse& pulse_;
    windows_handle pipe_;
    windows_handle done_;
};

}  // namespace

std::unique_ptr<control_connection> connect_to(
    const config::local_endpoint& endpoint, const pulse& pulse
)
{
    const auto* const pipe = std::get_if<config::pipe_endpoint>(&endpoint);
    if (pipe == nullptr)
        throw failure(
            place_of(endpoint) + " is a unix socket, which gangwayd does not serve on Windows"
        );
    const auto name = L"\\\\.\\pipe\\" + std::filesystem::path(pipe->name).wstring();
    for (;;) {
        if (auto opened = owned_file(open_pipe(name)))
            return std::make_unique<pipe_connection>(std::move(opened), pulse);
        const auto error = last_windows_error();
        if (error == ERROR_FILE_NOT_FOUND)
            throw daemon_not_running("nobody serves " + place_of(endpoint));
        if (error != ERROR_PIPE_BUSY) fail(endpoint, error);
        if (::WaitNamedPipeW(name.c_str(), patience_for_an_instance) == 0 &&
            ::GetLastError() == ERROR_SEM_TIMEOUT)
            fail(endpoint, error);
    }
}

}  // namespace gangway
