// No service manager that wants to know.
#include "gangwayd/service_manager.hpp"

void notify_ready() {}

void notify_stopping() {}
