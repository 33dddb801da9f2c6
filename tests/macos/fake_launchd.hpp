// A fake of launchd: what the next launch_activate_socket() gives, and what it was asked.
#pragma once

#include <string>
#include <vector>

// The one that there is in a test's process.
struct fake_launchd {
    int error = 0;
    std::vector<int> sockets;
    // It was asked for these.
    std::vector<std::string> names;
};

// Forgets what was before.
fake_launchd& new_fake_launchd();
