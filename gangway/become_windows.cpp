// A process of Windows cannot become another program: this one starts it on its own terminal,
// waits, and ends as it does.
#include "config/windows_words.hpp"
#include "gangway/become.hpp"
#include "gangway/failure.hpp"
#include "gangway/handle_windows.hpp"
#include "gangway/program_output.hpp"
#include "gangway/windows_error.hpp"

#include <iostream>

namespace gangway {
namespace {

// The console's signals come to both; what they mean is the other's to say.
BOOL WINAPI leave_to_the_other(DWORD)
{
    return TRUE;
}

// Whoever ends us does not leave the other behind. Without it nothing else is lost.
windows_handle end_together(HANDLE process)
{
    windows_handle job(::CreateJobObjectW(nullptr, nullptr));
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    if (job && ::SetInformationJobObject(
                   job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits
               ) != 0)
        ::AssignProcessToJobObject(job.get(), process);
    return job;
}

}  // namespace

void become(const std::vector<std::string>& command, const std::string&)
{
    const auto program = find_program(command.front());
    if (!program)
        throw failure(
            "the program " + command.front() +
            " was not found; install OpenSSH's client: Settings, Optional features, or in an "
            "administrator's PowerShell Add-WindowsCapability -Online -Name "
            "OpenSSH.Client~~~~0.0.1.0"
        );
    auto line = std::filesystem::path(config::windows_command_line(command)).wstring();
    std::cout.flush();
    STARTUPINFOW start{};
    start.cb = sizeof start;
    PROCESS_INFORMATION made{};
    ::SetConsoleCtrlHandler(leave_to_the_other, TRUE);
    if (::CreateProcessW(
            program->c_str(),
            line.data(),
            nullptr,
            nullptr,
            /* bInheritHandles= */ TRUE,
            0,
            nullptr,
            nullptr,
            &start,
            &made
        ) == 0)
        throw failure(
            program->string() + " cannot be run: " + windows_message(last_windows_error())
        );
    const windows_handle process(made.hProcess);
    const windows_handle thread(made.hThread);
    const auto job = end_together(process.get());
    ::WaitForSingleObject(process.get(), INFINITE);
    DWORD status = 1;
    ::GetExitCodeProcess(process.get(), &status);
    std::cout.flush();
    ::ExitProcess(status);
}

}  // namespace gangway
