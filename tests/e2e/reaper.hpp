// A stand-in for Ryuk, testcontainers' reaper, whose image no registry can give here.
#pragma once

namespace container_probe {

// Speaks Ryuk's protocol on port 8080: takes the filters ("label=KEY=VALUE") that its client sends,
// a line each, and answers "ACK"; once the client is gone, removes the containers that match,
// through the engine's socket at /var/run/docker.sock. Returns the exit status.
int reap();

}  // namespace container_probe
