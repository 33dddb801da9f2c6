// Under the Service Control Manager, which calls us on threads of its own. It is told "running"
// when the daemon is ready for clients.
#include "gangwayd/event_log_windows.hpp"
#include "gangwayd/outside_requests_windows.hpp"
#include "gangwayd/windows_service.hpp"
#include "gangwayd/windows_text.hpp"

#include <windows.h>

#include <mutex>
#include <stdexcept>
#include <string>

namespace {

// How long the manager waits for the next word of ours.
constexpr DWORD start_patience = 60000;
constexpr DWORD stop_patience = 60000;

// Guarded by the mutex, but for what is set before the manager hears of us.
struct service_state {
    std::mutex mutex;
    std::wstring name;
    const std::function<int()>* run = nullptr;
    int exit_status = 1;
    SERVICE_STATUS_HANDLE manager = nullptr;
    SERVICE_STATUS last{};
};

// The manager's calls come without a word of ours in them but for the handler's context.
service_state& state()
{
    static service_state one;
    return one;
}

void report(DWORD now, DWORD patience, int exit_status = 0)
{
    auto& service = state();
    const std::lock_guard hold(service.mutex);
    if (service.manager == nullptr || service.last.dwCurrentState == SERVICE_STOPPED) return;
    auto& status = service.last;
    status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    // What is said twice is told apart by its number.
    status.dwCheckPoint = status.dwCurrentState == now ? status.dwCheckPoint + 1 : 1;
    if (now == SERVICE_RUNNING || now == SERVICE_STOPPED) status.dwCheckPoint = 0;
    status.dwCurrentState = now;
    status.dwWaitHint = patience;
    status.dwControlsAccepted =
        now == SERVICE_RUNNING
            ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE
            : 0;
    if (exit_status != 0) {
        status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
        status.dwServiceSpecificExitCode = static_cast<DWORD>(exit_status);
    }
    ::SetServiceStatus(service.manager, &status);
}

// The log has more; these are what an administrator looks for.
void tell_events(const char* what)
{
    auto& service = state();
    if (service.manager != nullptr)
        report_event(narrow(service.name), event_kind::information, what);
}

DWORD WINAPI control(DWORD what, DWORD, void*, void*)
{
    switch (what) {
        case SERVICE_CONTROL_STOP:
        case SERVICE_CONTROL_SHUTDOWN:
        case SERVICE_CONTROL_PRESHUTDOWN:
            report(SERVICE_STOP_PENDING, stop_patience);
            ask_from_outside(
                {outside_request::kind::stop,
                 what == SERVICE_CONTROL_STOP ? "the service manager's word"
                                              : "the machine's shutdown"}
            );
            return NO_ERROR;
        case SERVICE_CONTROL_PARAMCHANGE:
            ask_from_outside({outside_request::kind::reload, "the service manager's word"});
            return NO_ERROR;
        case SERVICE_CONTROL_INTERROGATE:
            return NO_ERROR;
        default:
            return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

void WINAPI service_main(DWORD, wchar_t**)
{
    auto& service = state();
    {
        const std::lock_guard hold(service.mutex);
        service.manager = ::RegisterServiceCtrlHandlerExW(service.name.c_str(), control, nullptr);
    }
    report(SERVICE_START_PENDING, start_patience);
    service.exit_status = (*service.run)();
    // One that has failed ends without a word, as the manager starts that again. What the user has
    // to mend first (2) is told.
    constexpr int wrong_configuration = 2;
    if (service.exit_status != 0 && service.exit_status != wrong_configuration)
        ::ExitProcess(static_cast<UINT>(service.exit_status));
    tell_events("stopped");
    report(SERVICE_STOPPED, 0, service.exit_status);
}

}  // namespace

int run_as_service(const std::string& name, const std::function<int()>& run)
{
    auto& service = state();
    service.name = wide(name);
    service.run = &run;
    outlive_sessions();
    const SERVICE_TABLE_ENTRYW table[] = {{service.name.data(), service_main}, {nullptr, nullptr}};
    if (::StartServiceCtrlDispatcherW(table) != 0) return service.exit_status;
    if (::GetLastError() == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT)
        throw std::runtime_error(
            "--service run is for the Service Control Manager: start the service (sc.exe start " +
            name + "), or run gangwayd without that option"
        );
    throw std::runtime_error("the Service Control Manager does not take us for a service");
}

void tell_service_manager_ready()
{
    report(SERVICE_RUNNING, 0);
    tell_events("ready");
}

void tell_service_manager_stopping()
{
    report(SERVICE_STOP_PENDING, stop_patience);
}
