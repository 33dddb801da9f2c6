// What a named pipe is judged by.
#include "gangway/doctor_pipe.hpp"

#include <catch2/catch.hpp>

using Catch::Contains;
using gangway::judge_pipe;
using gangway::pipe_facts;
using gangway::verdict;

namespace {

pipe_facts served()
{
    pipe_facts facts;
    facts.check = "docker socket";
    facts.name = "npipe:////./pipe/docker_engine";
    facts.exists = true;
    facts.server = 812;
    facts.program = R"(C:\Program Files\Gangway\gangwayd.exe)";
    facts.daemon_runs = true;
    facts.daemon = 812;
    return facts;
}

}  // namespace

TEST_CASE("a pipe that gangwayd serves is as it should be")
{
    const auto found = judge_pipe(served());
    CHECK(found.judged == verdict::ok);
    CHECK_THAT(found.found, Contains("docker_engine, served by process 812 (C:"));
    CHECK(found.advice.empty());
}

TEST_CASE("a pipe that is not there is missing only while gangwayd runs")
{
    auto facts = served();
    facts.exists = false;
    CHECK(judge_pipe(facts).judged == verdict::wrong);
    facts.daemon_runs = false;
    CHECK(judge_pipe(facts).judged == verdict::ok);
    CHECK_THAT(judge_pipe(facts).found, Contains("gangwayd makes it"));
}

TEST_CASE("a pipe of another program is named with that program")
{
    auto facts = served();
    facts.program = "com.docker.backend.exe";
    if (GENERATE(true, false))
        facts.daemon = 99;
    else
        facts.daemon_runs = false;
    const auto found = judge_pipe(facts);
    CHECK(found.judged == verdict::wrong);
    CHECK_THAT(
        found.found, Contains("process 812 (com.docker.backend.exe), which is not gangwayd")
    );
    CHECK_THAT(found.advice, Contains("docker.listen"));
}

TEST_CASE("a server that is not told is not taken for another's")
{
    auto facts = served();
    facts.server = 0;
    facts.program.clear();
    CHECK(judge_pipe(facts).judged == verdict::ok);
}

TEST_CASE("a pipe that this user may not open says whom to ask")
{
    auto facts = served();
    facts.why_not = "Access is denied";
    CHECK(judge_pipe(facts).judged == verdict::wrong);
    CHECK_THAT(judge_pipe(facts).found, Contains("(Access is denied)"));
    CHECK_THAT(judge_pipe(facts).advice, Contains("docker.group"));
    facts.check = "control socket";
    CHECK_THAT(judge_pipe(facts).advice, !Contains("docker.group"));
}
