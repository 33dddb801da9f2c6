// The tools of Docker's users, and what they run, on one VM.
#include "tests/e2e/account.hpp"
#include "tests/e2e/busybox.hpp"
#include "tests/e2e/client_steps.hpp"
#include "tests/e2e/platform_steps.hpp"
#include "tests/e2e/port_steps.hpp"

#include <catch2/catch.hpp>

using namespace e2e;

TEST_CASE("tools, services and programs of other processors run as on a local engine", "[long]")
{
    account user;
    user.install_image();
    user.start_daemon();
    import_busybox(user);
    programs_of_another_processor_run(user);
    what_a_service_publishes_is_open_here(user);
    compose_brings_a_project_up(user);
    python_runs_a_container(user);
    node_runs_containers(user);
    a_dev_container_has_the_workspace(user);
    CHECK(user.gangway({"poweroff"}).exit_status == 0);
    CHECK(user.stop_daemon() == 0);
}
