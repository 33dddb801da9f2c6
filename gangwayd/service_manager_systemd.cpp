// sd_notify(3): does nothing when no manager listens.
#include "gangwayd/service_manager.hpp"

#include <systemd/sd-daemon.h>

void notify_ready()
{
    sd_notify(0, "READY=1");
}

void notify_stopping()
{
    sd_notify(0, "STOPPING=1");
}
