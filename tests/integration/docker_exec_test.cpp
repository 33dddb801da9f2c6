// `docker exec` and `attach` without a terminal, and `wait`.
#include "tests/integration/scene.hpp"

#include <catch2/catch.hpp>

using namespace integration;
using test_support::patterned_bytes;

TEST_CASE("docker exec returns output and exit status", "[exec]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    const auto result =
        scene.docker().run({"exec", container, "sh", "-c", "echo to-out; echo to-err >&2; exit 43"}
        );
    CHECK(result.exit_status == 43);
    CHECK(result.out == "to-out\n");
    CHECK(result.err == "to-err\n");
}

TEST_CASE("docker exec -i returns the bytes it was piped", "[c16][exec]")
{
    const scene scene(each_way());
    const std::size_t size = GENERATE(0U, 1048576U);
    CAPTURE(size);
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    const auto sent = patterned_bytes(size);
    const auto result = scene.docker().run({"exec", "-i", container, "cat"}, piped_text{sent});
    CHECK(result.exit_status == 0);
    const bool same_bytes = result.out == sent;
    CHECK(same_bytes);
}

TEST_CASE("docker exec of what does not exist fails as it does directly", "[exec]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"busybox", "sleep", "1000"});
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"exec", container, "/no/such/program"}, {"exec", "no-such-container", "true"}}) {
        const auto through = scene.docker().run(arguments);
        const auto directly = scene.direct().run(arguments);
        CHECK(through.exit_status == directly.exit_status);
        CHECK(through.exit_status != 0);
        CHECK(masked(through.err) == masked(directly.err));
        CHECK(masked(through.out) == masked(directly.out));
    }
}

TEST_CASE("docker attach carries both directions and ends with the container's status", "[exec]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached(
        {"-i",
         "busybox",
         "sh",
         "-c",
         "while read line; do echo got-$line; [ $line != two ] || exit 6; done"}
    );
    process client(scene.docker().command({"attach", container}, open_pipe{}));
    client.write_input("one\n");
    client.expect_output("got-one\n");
    client.write_input("two\n");
    const auto result = client.finish();
    CHECK(result.exit_status == 6);
    CHECK(result.out == "got-one\ngot-two\n");
}

TEST_CASE("docker wait returns when the container ends and prints its status", "[exec]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached({"-i", "busybox", "sh", "-c", "read line; exit 11"});
    process waiting(scene.docker().command({"wait", container}));
    const auto ended = scene.docker().run({"attach", container}, piped_text{"go\n"});
    CHECK(ended.exit_status == 11);
    const auto result = waiting.finish();
    CHECK(result.exit_status == 0);
    CHECK(result.out == "11\n");
}

TEST_CASE("docker stop start restart kill and rm work on one container", "[exec]")
{
    const scene scene(each_upstream());
    const auto container = scene.run_detached(
        {"busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"}
    );
    scene.docker().text({"stop", container});
    CHECK(!scene.is_running(container));
    scene.docker().text({"start", container});
    CHECK(scene.is_running(container));
    // The second start is answered 304, which has no body.
    scene.docker().text({"start", container});
    scene.docker().text({"restart", container});
    CHECK(scene.is_running(container));
    scene.docker().text({"kill", container});
    CHECK(eventually([&] { return !scene.is_running(container); }));
    scene.docker().text({"rm", container});
    CHECK(scene.docker().run({"inspect", container}).exit_status == 1);
}
