// Asks the Service Control Manager, which lets everybody ask.
#include "gangway/service_command.hpp"

#include <windows.h>

namespace gangway {
namespace {

bool is_installed()
{
    auto* const services = ::OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT);
    if (services == nullptr) return false;
    auto* const service = ::OpenServiceW(services, L"gangwayd", SERVICE_QUERY_STATUS);
    if (service != nullptr) ::CloseServiceHandle(service);
    ::CloseServiceHandle(services);
    return service != nullptr;
}

}  // namespace

std::optional<std::string> service_start_command()
{
    if (!is_installed()) return std::nullopt;
    return "sc.exe start gangwayd";
}

std::string service_log_place()
{
    return "log\\gangwayd.log in the state directory, and the event log";
}

}  // namespace gangway
