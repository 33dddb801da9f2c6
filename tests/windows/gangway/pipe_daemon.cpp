// Message type and byte reads, as gangwayd's own pipes.
#include "tests/windows/gangway/pipe_daemon.hpp"

#include <windows.h>

#include <array>
#include <filesystem>
#include <random>
#include <stdexcept>

namespace {

std::string new_name()
{
    std::random_device random;
    return "gangway-test-" + std::to_string(random());
}

HANDLE made(const std::string& name)
{
    const auto path = std::filesystem::path(R"(\\.\pipe\)" + name).wstring();
    auto* const pipe = ::CreateNamedPipeW(
        path.c_str(),
        PIPE_ACCESS_DUPLEX,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
        PIPE_UNLIMITED_INSTANCES,
        65536,
        65536,
        0,
        nullptr
    );
    if (pipe == INVALID_HANDLE_VALUE) throw std::runtime_error("the pipe cannot be made");
    return pipe;
}

}  // namespace

pipe_daemon::pipe_daemon(std::vector<std::string> answers) : name_(new_name())
{
    // The first is there before anybody asks.
    std::vector<HANDLE> pipes;
    for (std::size_t i = 0; i < answers.size(); ++i) pipes.push_back(made(name_));
    thread_ = std::thread([this, pipes, answers = std::move(answers)] {
        for (std::size_t i = 0; i < answers.size(); ++i) serve(pipes[i], answers[i]);
    });
}

pipe_daemon::~pipe_daemon()
{
    if (thread_.joinable()) thread_.join();
}

std::string pipe_daemon::last_request()
{
    if (thread_.joinable()) thread_.join();
    return request_;
}

void pipe_daemon::serve(void* pipe, const std::string& answer)
{
    ::ConnectNamedPipe(pipe, nullptr);
    std::array<char, 4096> block{};
    request_.clear();
    DWORD size = 0;
    while (request_.find("\r\n\r\n") == std::string::npos &&
           ::ReadFile(pipe, block.data(), static_cast<DWORD>(block.size()), &size, nullptr) != 0)
        request_.append(block.data(), size);
    ::WriteFile(pipe, answer.data(), static_cast<DWORD>(answer.size()), &size, nullptr);
    ::FlushFileBuffers(pipe);
    ::DisconnectNamedPipe(pipe);
    ::CloseHandle(pipe);
}

silent_pipe::silent_pipe() : name_(new_name()), pipe_(made(name_)) {}

silent_pipe::~silent_pipe()
{
    ::CloseHandle(pipe_);
}
