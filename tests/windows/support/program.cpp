// CreateProcess with a file for the output: Wine gives some programs no pipe.
#include "tests/windows/support/program.hpp"

#include "config/windows_words.hpp"

#include <windows.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <thread>

namespace windows_support {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr std::chrono::milliseconds look_again{20};

}  // namespace

scratch_directory::scratch_directory()
{
    std::random_device random;
    path_ = std::filesystem::temp_directory_path() / ("gangway-" + std::to_string(random()));
    if (!std::filesystem::create_directories(path_))
        throw std::runtime_error("there is a " + path_.string() + " already");
}

scratch_directory::~scratch_directory()
{
    std::error_code ignored;  // what is still open on Windows cannot be removed
    std::filesystem::remove_all(path_, ignored);
}

struct program::handles {
    HANDLE process = nullptr;
    DWORD id = 0;
};

program::program(const std::vector<std::string>& words, const std::filesystem::path& output)
    : handles_(new handles), output_(output)
{
    SECURITY_ATTRIBUTES passed_on{sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
    auto* const file = ::CreateFileW(
        output.c_str(),
        GENERIC_WRITE,
        FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        &passed_on,
        CREATE_ALWAYS,
        FILE_ATTRIBUTE_NORMAL,
        nullptr
    );
    STARTUPINFOW start{};
    start.cb = sizeof start;
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdOutput = file;
    start.hStdError = file;
    PROCESS_INFORMATION made{};
    auto line = std::filesystem::path(config::windows_command_line(words)).wstring();
    const auto begun = ::CreateProcessW(
        nullptr,
        line.data(),
        nullptr,
        nullptr,
        /* bInheritHandles= */ TRUE,
        CREATE_NEW_PROCESS_GROUP,
        nullptr,
        nullptr,
        &start,
        &made
    );
    ::CloseHandle(file);
    if (begun == 0) throw std::runtime_error(words.front() + " cannot be started");
    ::CloseHandle(made.hThread);
    handles_->process = made.hProcess;
    handles_->id = made.dwProcessId;
}

program::~program()
{
    ::TerminateProcess(handles_->process, 99);
    ::WaitForSingleObject(handles_->process, INFINITE);
    ::CloseHandle(handles_->process);
}

std::string program::said() const
{
    std::ifstream file(output_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

unsigned long program::process_id() const
{
    return handles_->id;
}

void program::press_break() const
{
    if (::GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, handles_->id) == 0)
        throw std::runtime_error("there is no console to press Ctrl-Break on");
}

int program::wait() const
{
    const auto limit = static_cast<DWORD>(std::chrono::milliseconds(patience).count());
    if (::WaitForSingleObject(handles_->process, limit) != WAIT_OBJECT_0)
        throw std::runtime_error("it does not end; it has said: " + said());
    DWORD status = 0;
    ::GetExitCodeProcess(handles_->process, &status);
    return static_cast<int>(status);
}

bool program::says(const std::string& text) const
{
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < give_up) {
        const bool ended = ::WaitForSingleObject(handles_->process, 0) == WAIT_OBJECT_0;
        if (said().find(text) != std::string::npos) return true;
        if (ended) return false;
        std::this_thread::sleep_for(look_again);
    }
    return false;
}

outcome run(const std::vector<std::string>& words)
{
    const scratch_directory here;
    const program one(words, here / "output");
    const int status = one.wait();
    return {status, one.said()};
}

}  // namespace windows_support
