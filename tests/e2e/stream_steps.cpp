// What each watcher has seen, to the byte.
#include "tests/e2e/stream_steps.hpp"

#include <catch2/catch.hpp>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace e2e {

namespace {

constexpr std::chrono::minutes minute{1};

// With the end of its chunk.
constexpr const char* sample_end = "}\n\r\n";

// Every line follows the one before: none is missing, none is twice, none is torn.
void is_a_count(std::string text, const std::string& line_end)
{
    const std::string words = " is next" + line_end;
    auto next = std::stoll(text);
    while (!text.empty()) {
        const auto line = std::to_string(next++) + words;
        if (!text.starts_with(line)) break;
        text.erase(0, line.size());
    }
    CHECK(text.empty());
}

}  // namespace

void containers_that_count_run(const account& user)
{
    const std::string count = "i=0; while true; do echo $i is next; i=$((i+1)); sleep 0.2; done";
    user.docker_text(
        {"run", "-d", "--stop-signal=KILL", "--name", "counter", "busybox", "sh", "-c", count}
    );
    user.docker_text(
        {"run",
         "-d",
         "-t",
         "--stop-signal=KILL",
         "--name",
         "terminal",
         "busybox",
         "sh",
         "-c",
         count}
    );
}

watchers::watchers(const account& user)
    : events_(user.docker().command({"events", "--format", "{{.Action}} {{.Actor.Attributes.name}}"}
      )),
      log_(user.docker().command({"logs", "--follow", "counter"})),
      terminal_(user.docker().command({"logs", "--follow", "--tail", "0", "terminal"})),
      stats_(test_support::raw_client::to_socket(user.docker_socket()))
{
    log_.expect_output("\n9 is next\n");
    terminal_.expect_output(" is next");
    // Not by the docker client, which gives up when the first sample takes two seconds.
    stats_.send("GET /v1.41/containers/counter/stats HTTP/1.1\r\nHost: docker\r\n\r\n");
    stats_.receive_until(sample_end, boot_patience);
}

void watchers::see_what_is_before(const account& user)
{
    user.docker_text({"create", "--name", "before", "busybox", "true"});
    events_.expect_output("create before\n");
}

void watchers::see_what_is_after(const account& user)
{
    const auto seen = std::ranges::count(log_.out(), '\n');
    while (!stats_.is_silent()) stats_.receive_until(sample_end);
    user.docker_text({"create", "--name", "after", "busybox", "true"});
    events_.expect_output("create after\n", minute);
    log_.expect_output("\n" + std::to_string(seen + 20) + " is next\n", boot_patience);
    const auto sample = stats_.receive_until(sample_end, boot_patience);
    CHECK(sample.find("\"name\":\"/counter\"") != std::string::npos);
    CHECK(log_.running());
    CHECK(terminal_.running());
}

void watchers::end_with_their_containers(const account& user)
{
    user.docker_text({"kill", "counter", "terminal"});
    CHECK(log_.wait(minute) == 0);
    CHECK(terminal_.wait(minute) == 0);
    stats_.close();
    is_a_count(log_.out(), "\n");
    is_a_count(terminal_.out(), "\r\n");
}

void watchers::outlive_the_machine(const account& user)
{
    user.docker_text({"create", "--name", "anew", "busybox", "true"});
    events_.expect_output("create anew\n", minute);
    const auto told = events_.out();
    for (const std::string once : {"create before\n", "create after\n", "create anew\n"}) {
        CAPTURE(once);
        CHECK(told.find(once) == told.rfind(once));
    }
    CHECK(events_.running());
    events_.signal(SIGINT);
    CHECK(events_.wait(minute).has_value());
}

}  // namespace e2e
