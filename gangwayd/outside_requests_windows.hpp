// How what Windows calls on threads of its own reaches the loop. For the files of Windows alone.
#pragma once

#include "gangwayd/outside_requests.hpp"

// May be called at any time, from any thread; what comes before there is a loop is kept for it.
void ask_from_outside(outside_request request);

// The end of a user's session is no business of a service, which is told to stop by another way.
void outlive_sessions();
