// Tells the service manager how the daemon is doing. One source file a service manager.
#pragma once

void notify_ready();
void notify_stopping();
