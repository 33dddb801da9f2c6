// Both ends of a named pipe in one process.
#include "tests/windows/support/pipe_client.hpp"

#include <client_socket.hpp>
#include <windows.h>

#include <string>
#include <system_error>

namespace {

void* checked(void* pipe)
{
    if (pipe != INVALID_HANDLE_VALUE) return pipe;
    throw std::system_error(
        static_cast<int>(::GetLastError()), std::system_category(), "make a pair of pipe ends"
    );
}

}  // namespace

std::size_t client_socket::available() const
{
    DWORD count = 0;
    ::PeekNamedPipe(pipe_, nullptr, 0, nullptr, &count, nullptr);
    return count;
}

std::unique_ptr<proxy::byte_stream> served_end_of(client_socket& client)
{
    constexpr DWORD buffers = 64 * 1024;
    const auto path = R"(\\.\pipe\)" + test_support::new_pipe_name();
    void* const served = checked(::CreateNamedPipeA(
        path.c_str(),
        PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_BYTE | PIPE_WAIT,
        1,
        buffers,
        buffers,
        0,
        nullptr
    ));
    auto ours = proxy::make_pipe_stream(client.get_executor(), served, proxy::pipe_end::server);
    constexpr DWORD access = GENERIC_READ | GENERIC_WRITE;
    void* const theirs = checked(::CreateFileA(
        path.c_str(), access, 0, nullptr, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr
    ));
    client.take(theirs);
    return ours;
}
