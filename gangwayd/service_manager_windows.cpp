// The Service Control Manager, and the event log, which has a service's start and stop.
#include "gangwayd/service_manager.hpp"
#include "gangwayd/windows_service.hpp"

void notify_ready()
{
    tell_service_manager_ready();
}

void notify_stopping()
{
    tell_service_manager_stopping();
}
