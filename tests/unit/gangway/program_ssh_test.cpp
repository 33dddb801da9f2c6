// The real program as it becomes ssh and scp.
#include "fake_daemon.hpp"
#include "program_stage.hpp"
#include "status_example.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using Catch::Contains;
using stage = program_stage;
using words = std::vector<std::string>;

TEST_CASE("gangway ssh becomes ssh: its arguments, input, output and exit status")
{
    const stage here;
    test_support::write_file(
        here / "bin/ssh", "#!/bin/sh\nfor word; do echo \"<$word>\"; done\ncat\nexit 42\n"
    );
    std::filesystem::permissions(here / "bin/ssh", std::filesystem::perms::owner_all);
    auto environment = here.environment();
    environment["PATH"] = (here / "bin").string() + ":/usr/bin:/bin";
    const auto status = answers(status_example().dump());
    const fake_daemon daemon(here.control(), {status, answers("{\"state\": \"ready\"}\n"), status});
    const auto result = test_support::run(
        {.arguments = here.command({"ssh", "-t", "sh", "-c", "echo  $HOME", "--version"}),
         .environment = environment,
         .input = test_support::piped_text{"typed"}}
    );
    CHECK(result.exit_status == 42);
    CHECK_THAT(
        result.out,
        Contains("<docker@127.0.0.1>\n<-t>\n<sh>\n<-c>\n<echo  $HOME>\n<--version>\ntyped")
    );
    CHECK(daemon.requests().at(1).starts_with("POST /v1/hold "));
}

TEST_CASE("gangway cp becomes scp, with what is in the VM named for it")
{
    const stage here;
    test_support::write_file(here / "bin/scp", "#!/bin/sh\nfor word; do echo \"<$word>\"; done\n");
    std::filesystem::permissions(here / "bin/scp", std::filesystem::perms::owner_all);
    auto environment = here.environment();
    environment["PATH"] = (here / "bin").string() + ":/usr/bin:/bin";
    const auto status = answers(status_example().dump());
    const auto awake = answers("{\"state\": \"ready\"}\n");
    const fake_daemon daemon(here.control(), {status, awake, status});
    const auto result = test_support::run(
        {.arguments = here.command({"cp", "-r", "a b", "vm:/tmp/vm:x"}), .environment = environment}
    );
    CHECK(result.exit_status == 0);
    CHECK_THAT(result.out, Contains("<-P>\n<40124>\n"));
    CHECK_THAT(result.out, Catch::EndsWith("<-r>\n<a b>\n<docker@127.0.0.1:/tmp/vm:x>\n"));

    const auto nowhere = here.run({"cp", "a", "b"});
    CHECK(nowhere.exit_status == 2);
    CHECK_THAT(nowhere.err, Contains("vm:"));
}

TEST_CASE("gangway ssh says why a VM cannot be woken")
{
    const stage here;
    auto asleep = status_example();
    asleep["vm"]["state"] = "saved";
    const fake_daemon daemon(
        here.control(),
        {answers(asleep.dump()), answers(R"({"message": "no memory"})", "503 Service Unavailable")}
    );
    const auto result = here.run({"ssh", "true"});
    CHECK(result.exit_status == 1);
    CHECK(result.err == "gangway: no memory\n");
}

TEST_CASE("gangway ssh without ssh names the package, and without a ready VM what to do")
{
    const stage here;
    auto stopped = status_example();
    stopped["vm"]["state"] = "stopped";
    const auto ready = answers(status_example().dump());
    const fake_daemon daemon(
        here.control(),
        {ready,
         answers("{\"state\": \"ready\"}\n"),
         ready,
         answers(stopped.dump()),
         answers(stopped.dump())}
    );
    auto environment = here.environment();
    environment["PATH"] = here.control().parent_path().string();
    const auto without =
        test_support::run({.arguments = here.command({"ssh"}), .environment = environment});
    CHECK(without.exit_status == 1);
    CHECK_THAT(without.err, Contains("openssh-client"));
    const auto not_ready = here.run({"ssh", "true"});
    CHECK(not_ready.exit_status == 1);
    CHECK_THAT(not_ready.err, Contains("`gangway up`"));
}
