// Steps of the story that is told in clients_test.cpp: other clients than the docker command, on a
// VM that has an image `busybox`.
#pragma once

#include "tests/e2e/account.hpp"

namespace e2e {

void compose_brings_a_project_up(const account& user);
void python_runs_a_container(const account& user);

// The command-line tool behind editors: the workspace is the user's, and a port of it is open.
void a_dev_container_has_the_workspace(const account& user);

// dockerode, and testcontainers with a reaper that stands in for Ryuk.
void node_runs_containers(const account& user);

}  // namespace e2e
