// Answers that have no end of their own: logs -f, events, stats.
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

#include <ctime>

using namespace integration;

TEST_CASE("docker logs -f shows old lines and new ones and ends with the container", "[stream]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached(
        {"-i", "busybox", "sh", "-c", "echo old; read line; echo new-$line; read line"}
    );
    process logs(scene.docker().command({"logs", "-f", container}));
    logs.expect_output("old\n");
    process writer(scene.docker().command({"attach", container}, open_pipe{}));
    writer.write_input("one\n");
    logs.expect_output("new-one\n");
    CHECK(logs.running());
    writer.write_input("two\n");
    const auto result = logs.finish();
    CHECK(result.exit_status == 0);
    CHECK(result.out == "old\nnew-one\n");
}

TEST_CASE("docker events shows what happens as it happens", "[stream]")
{
    const scene scene(each_upstream());
    process events(scene.docker().command(
        {"events", "--filter", "label=marked", "--format", "{{.Type}} {{.Action}}"}
    ));
    // Whether the engine listens already is not visible: repeat what is to be seen.
    CHECK(eventually([&] {
        scene.docker().run({"create", "--label", "marked", "busybox", "true"});
        return events.out().find("container create\n") != std::string::npos;
    }));
    scene.docker().text({"create", "--name", "unmarked", "busybox", "true"});
    scene.docker().text(run_arguments({"--label", "marked"}, {"true"}));
    events.expect_output("container destroy\n");
    CHECK(events.running());
    for (const auto* action : {"attach", "start", "die"}) {
        CAPTURE(action);
        CHECK(events.out().find("container " + std::string(action) + "\n") != std::string::npos);
    }
}

TEST_CASE("docker events --until ends by itself", "[c13][stream]")
{
    const scene scene(each_upstream());
    scene.docker().text(run_arguments({"--label", "past"}, {"true"}));
    // Whole seconds: the end has to lie behind the events just made.
    const auto end = std::to_string(std::time(nullptr) + 2);
    const auto result = scene.docker().run(
        {"events",
         "--filter",
         "label=past",
         "--since",
         "5m",
         "--until",
         end,
         "--format",
         "{{.Action}}"}
    );
    CHECK(result.exit_status == 0);
    CHECK(result.out.find("create\n") != std::string::npos);
}

TEST_CASE("docker stats answers once and goes on as a stream", "[c11][stream]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    const auto once = scene.docker().run(
        {"stats", "--no-stream", "--no-trunc", "--format", "{{.PIDs}} of {{.ID}}", container}
    );
    CHECK(once.exit_status == 0);
    CHECK(once.out == "1 of " + container + "\n");

    auto stream = scene.connect();
    stream.send(
        "GET /containers/" + container + "/stats?stream=1 HTTP/1.1\r\nHost: docker\r\n\r\n"
    );
    stream.receive_until("\r\n\r\n");
    for (int sample = 0; sample < 3; ++sample) {
        CHECK(stream.receive_until("\"pids_stats\"").find("\"read\"") != std::string::npos);
    }
}
