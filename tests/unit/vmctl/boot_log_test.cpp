// The serial console as stages, failures and a tail for messages.
#include "vmctl/boot_log.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;
using namespace std::chrono_literals;

TEST_CASE("each stage line completes a stage with the guest's time")
{
    boot_log log;
    const auto first = log.append("gangway-stage kernel 0.52\r\ngangway-stage root 1.234\r\n");
    CHECK(first == std::vector<guest_stage>{{"kernel", 520ms}, {"root", 1234ms}});
    CHECK(log.completed("kernel"));
    CHECK_FALSE(log.completed("disk"));
    CHECK(log.waiting_for() == "disk");
}

TEST_CASE("a guest whose reports begin late is waited for from there on")
{
    boot_log log;
    log.append("gangway-stage disk 9.00\ngangway-stage network 9.00\n");
    CHECK(log.waiting_for() == "shares");
    log.append("gangway-stage shares 9.10\n");
    CHECK(log.waiting_for() == "containerd");
}

TEST_CASE("a line may come in any pieces and counts when it is whole")
{
    boot_log log;
    std::vector<guest_stage> seen;
    for (const char c : std::string("gangway-stage network 10.5\n")) {
        for (const auto& stage : log.append(std::string(1, c))) seen.push_back(stage);
    }
    CHECK(seen == std::vector<guest_stage>{{"network", 10500ms}});
}

TEST_CASE("a stage is found behind a kernel time stamp and terminal escapes")
{
    boot_log log;
    const auto stages = log.append("\x1b[32m[    3.27] gangway-stage disk 3.27\x1b[0m\n");
    CHECK(stages == std::vector<guest_stage>{{"disk", 3270ms}});
}

TEST_CASE("a stage that is reported twice counts once")
{
    boot_log log;
    log.append("gangway-stage kernel 1\n");
    CHECK(log.append("gangway-stage kernel 2\n").empty());
}

TEST_CASE("lines that only look like stages are ordinary output")
{
    boot_log log;
    for (const auto* line :
         {"gangway-stage\n",
          "gangway-stage kernel\n",
          "gangway-stage kernel soon\n",
          "gangway-stage kernel -1\n",
          "gangway-stage kernel nan\n",
          "gangway-stage kernel 1e99\n",
          "gangway-stages kernel 1\n"}) {
        INFO(line);
        CHECK(log.append(line).empty());
    }
    CHECK_FALSE(log.waiting_for());
    CHECK(log.tail().size() == 7);
}

TEST_CASE("the guest's own report of a failure is kept, the first one")
{
    boot_log log;
    log.append("gangway-fail disk no disk labelled boot2docker-data\n");
    log.append("gangway-fail engine dockerd ended\n");
    CHECK(log.failure() == guest_failure{"disk", "no disk labelled boot2docker-data"});
}

TEST_CASE("the tail is the last ten lines, clean enough for a terminal and for JSON")
{
    boot_log log;
    for (int line = 1; line <= 12; ++line) log.append("line " + std::to_string(line) + "\r\n");
    log.append("\a\x1b[31mpanic:\tM\xc3\xbcll\x1b[0m  \r\n\r\n");
    const auto tail = log.tail();
    REQUIRE(tail.size() == 10);
    CHECK(tail.front() == "line 4");
    CHECK(tail.back() == "panic: M??ll");
}

TEST_CASE("the tail holds a last line that was not ended")
{
    boot_log log;
    for (int line = 1; line <= 10; ++line) log.append("line " + std::to_string(line) + "\n");
    log.append("login: ");
    const auto tail = log.tail();
    REQUIRE(tail.size() == 10);
    CHECK(tail.front() == "line 2");
    CHECK(tail.back() == "login:");
}

TEST_CASE("a guest that never ends its line does not fill our memory")
{
    boot_log log;
    for (int piece = 0; piece < 1000; ++piece) log.append(std::string(10000, 'x'));
    REQUIRE(log.tail().size() == 1);
    CHECK(log.tail().front().size() <= 200);
}

TEST_CASE("a timeout names the stage that did not complete and shows the console")
{
    boot_log log;
    log.append("gangway-stage kernel 1\ngangway-stage root 2\nmount: no such device\n");
    CHECK(
        describe_timeout(log, 300s) ==
        "the VM was not ready within 300 s: its stage \"disk\" did not complete; a slow machine "
        "may need a larger vm.boot_timeout\n"
        "The end of the serial console:\n"
        "  gangway-stage kernel 1\n"
        "  gangway-stage root 2\n"
        "  mount: no such device"
    );
}

TEST_CASE("a timeout says so when there was no output, no stages, or all stages")
{
    boot_log silent;
    CHECK(describe_timeout(silent, 5s).find("shows nothing") != std::string::npos);

    boot_log foreign;
    foreign.append("boot2docker login:\n");
    CHECK(describe_timeout(foreign, 5s).find("reported no stage") != std::string::npos);

    boot_log complete;
    for (const auto stage : guest_stages) {
        complete.append("gangway-stage " + std::string(stage) + " 1\n");
    }
    CHECK_FALSE(complete.waiting_for());
    CHECK(describe_timeout(complete, 5s).find("the engine does not answer") != std::string::npos);
}

TEST_CASE("a guest's failure is told with its stage and reason")
{
    boot_log log;
    log.append("gangway-fail engine dockerd ended with 1\n");
    CHECK(
        describe_failure(log, *log.failure()) ==
        "the guest could not start: its stage \"engine\" failed: dockerd ended with 1\n"
        "The end of the serial console:\n"
        "  gangway-fail engine dockerd ended with 1"
    );
}
