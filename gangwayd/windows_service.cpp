// CreateService and what goes with it.
#include "gangwayd/windows_service.hpp"

#include "gangwayd/windows_text.hpp"

#include <windows.h>

#include <array>
#include <memory>
#include <optional>
#include <system_error>

namespace {

struct service_closer {
    void operator()(SC_HANDLE handle) const { ::CloseServiceHandle(handle); }
};

using service_handle = std::unique_ptr<SC_HANDLE__, service_closer>;

// How long a service may take to end its clients' connections before it is removed all the same.
constexpr DWORD patience = 30000;
constexpr DWORD look_again = 100;

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(static_cast<int>(::GetLastError()), std::system_category(), what);
}

service_handle open_manager(DWORD access)
{
    service_handle manager(::OpenSCManagerW(nullptr, nullptr, access));
    if (!manager) fail("the Service Control Manager lets nobody in but an administrator");
    return manager;
}

// Null: there is none.
service_handle open_service(const service_handle& manager, const std::string& name, DWORD access)
{
    service_handle service(::OpenServiceW(manager.get(), wide(name).c_str(), access));
    if (!service && ::GetLastError() != ERROR_SERVICE_DOES_NOT_EXIST)
        fail("the service cannot be opened");
    return service;
}

service_handle create(
    const service_handle& manager, const std::string& name, const std::wstring& command_line
)
{
    service_handle service(::CreateServiceW(
        manager.get(),
        wide(name).c_str(),
        (L"Gangway (" + wide(name) + L")").c_str(),
        SERVICE_ALL_ACCESS,
        SERVICE_WIN32_OWN_PROCESS,
        SERVICE_AUTO_START,
        SERVICE_ERROR_NORMAL,
        command_line.c_str(),
        nullptr,
        nullptr,
        nullptr,
        nullptr,
        nullptr
    ));
    if (!service) fail("the service cannot be made");
    return service;
}

void change(const service_handle& service, const std::wstring& command_line)
{
    if (::ChangeServiceConfigW(
            service.get(),
            SERVICE_NO_CHANGE,
            SERVICE_AUTO_START,
            SERVICE_NO_CHANGE,
            command_line.c_str(),
            nullptr,
            nullptr,
            nullptr,
            nullptr,
            nullptr,
            nullptr
        ) == 0)
        fail("the service cannot be changed");
}

// Of these the service lives without, should a Windows not have one.
void describe(const service_handle& service)
{
    std::wstring text = L"Serves the Docker API on a named pipe, from an engine elsewhere.";
    SERVICE_DESCRIPTIONW description{text.data()};
    ::ChangeServiceConfig2W(service.get(), SERVICE_CONFIG_DESCRIPTION, &description);
    SERVICE_DELAYED_AUTO_START_INFO delayed{TRUE};
    ::ChangeServiceConfig2W(service.get(), SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed);
    // A daemon that ends without a word is started again, the last pause for all that follow.
    // One that says that its configuration is wrong is not: that does not mend itself.
    std::array<SC_ACTION, 3> again{{
        {SC_ACTION_RESTART, 1000},
        {SC_ACTION_RESTART, 10000},
        {SC_ACTION_RESTART, 60000},
    }};
    SERVICE_FAILURE_ACTIONSW failures{};
    failures.dwResetPeriod = 3600;
    failures.cActions = static_cast<DWORD>(again.size());
    failures.lpsaActions = again.data();
    ::ChangeServiceConfig2W(service.get(), SERVICE_CONFIG_FAILURE_ACTIONS, &failures);
}

void stop(const service_handle& service)
{
    SERVICE_STATUS status{};
    ::ControlService(service.get(), SERVICE_CONTROL_STOP, &status);
    for (DWORD waited = 0; waited < patience; waited += look_again) {
        if (::QueryServiceStatus(service.get(), &status) == 0) return;
        if (status.dwCurrentState == SERVICE_STOPPED) return;
        ::Sleep(look_again);
    }
}

}  // namespace

void install_service(const std::string& name, const std::string& command_line)
{
    const auto manager = open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
    auto service = open_service(manager, name, SERVICE_ALL_ACCESS);
    if (service)
        change(service, wide(command_line));
    else
        service = create(manager, name, wide(command_line));
    describe(service);
}

bool remove_service(const std::string& name)
{
    const auto manager = open_manager(SC_MANAGER_CONNECT);
    const auto service = open_service(manager, name, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE);
    if (!service) return false;
    stop(service);
    if (::DeleteService(service.get()) == 0 && ::GetLastError() != ERROR_SERVICE_MARKED_FOR_DELETE)
        fail("the service cannot be removed");
    return true;
}
