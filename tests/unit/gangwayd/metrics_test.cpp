// What GET /metrics answers on the control socket, after requests whose number is known.
#include "gangwayd/metrics.hpp"

#include "tests/unit/gangwayd/metrics_scene.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

using namespace metrics_scene;

namespace {

std::string in_state(const std::string& state)
{
    return "gangway_vm_state{state=\"" + state + "\"}";
}

}  // namespace

TEST_CASE("the control API gives metrics by Prometheus' rules, with what was sent in them")
{
    remote_scene one;
    run_loop(one.loop, [](remote_scene& s) -> asio::awaitable<void> {
        const std::string list = "GET /v1.41/containers/json HTTP/1.1\r\n\r\n";
        const std::string listed = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
        const std::string inspect = "GET /v1.41/containers/web/json HTTP/1.1\r\n\r\n";
        const std::string missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}";
        const std::string attach =
            "POST /containers/x/attach HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
        const std::string upgraded =
            "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
        auto client = s.connect();
        auto engine = co_await s.exchange(client, list, listed);
        for (int round = 0; round < 2; ++round) co_await s.exchange(client, engine, list, listed);
        co_await s.exchange(client, engine, inspect, missing);
        auto attached = s.connect();
        auto stream = co_await s.exchange(attached, attach, upgraded);
        co_await send(attached, "0123456789");
        co_await receive(stream, 10);
        co_await send(stream, "abc");
        co_await receive(attached, 3);

        const auto reply = co_await s.ask("GET /metrics");
        CHECK(reply.starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK_THAT(
            reply, Catch::Contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
        );
        auto read = read_by_the_rules(body_of(reply));
        CHECK(read.faults == std::vector<std::string>());
        auto& now = read.samples;
        const std::string requests = "gangway_http_requests_total";
        CHECK(now[requests + R"({method="GET",route="/containers/json",code="200"})"] == "3");
        CHECK(now[requests + R"({method="GET",route="/containers/{id}/json",code="404"})"] == "1");
        CHECK(
            now[requests + R"({method="POST",route="/containers/{id}/attach",code="101"})"] == "1"
        );
        const auto sent = 3 * list.size() + inspect.size() + attach.size() + 10;
        const auto got = 3 * listed.size() + missing.size() + upgraded.size() + 3;
        CHECK(now[R"(gangway_client_bytes_total{direction="to_engine"})"] == std::to_string(sent));
        CHECK(now[R"(gangway_client_bytes_total{direction="to_client"})"] == std::to_string(got));
        CHECK(now["gangway_sessions"] == "2");
        CHECK(now["gangway_sessions_opened_total"] == "2");
        CHECK(now["gangway_sessions_busy"] == "1");
        CHECK(now[R"(gangway_open_streams{kind="hijacked"})"] == "1");
        CHECK(now[R"(gangway_open_streams{kind="answer"})"] == "0");
        CHECK(now["gangway_known_answers_total"] == "0");
        CHECK(std::stod(now["process_resident_memory_bytes"]) > 1e6);
        CHECK(std::stoul(now["process_open_fds"]) > 4);
        CHECK(std::stod(now["process_start_time_seconds"]) > 1.7e9);
        co_await s.end();
    }(one));
}

TEST_CASE("a daemon without a VM tells nothing of one")
{
    remote_scene one;
    run_loop(one.loop, [](remote_scene& s) -> asio::awaitable<void> {
        const auto reply = co_await s.ask("GET /metrics");
        CHECK(body_of(reply).find("gangway_vm_") == std::string::npos);
        CHECK(body_of(reply).find("gangway_port_") == std::string::npos);
        CHECK(body_of(reply).find("kind=\"port\"") == std::string::npos);
        co_await s.end();
    }(one));
}

TEST_CASE("only a look by GET gets metrics")
{
    remote_scene one;
    run_loop(one.loop, [](remote_scene& s) -> asio::awaitable<void> {
        for (const std::string request : {"POST /metrics", "GET /metrics/x"}) {
            const auto reply = co_await s.ask(request);
            CHECK(reply.starts_with("HTTP/1.1 404 "));
        }
        co_await s.end();
    }(one));
}

TEST_CASE("metrics of a VM tell its state and its wakes, and leave it asleep")
{
    vmctl_test::supervised_vm t;
    t.run([](vmctl_test::supervised_vm& test) -> asio::awaitable<void> {
        vm_scene s(test);
        const vmctl::requester docker{1000, 4711, "docker", "GET /info"};
        const vmctl::requester user{
            1000, 4712, "gangway", "gangway up", vmctl::wake_reason::command};
        co_await test.vm.up(docker);
        test.vm.containers_run(0);
        co_await test.vm.sleep(vmctl_test::someone(), vmctl::sleep_depth::paused);
        co_await test.vm.up(user);
        co_await test.vm.sleep(vmctl_test::someone(), vmctl::sleep_depth::saved);
        // The last that is done on the way to sleep, by another thread.
        co_await test_support::until([&] { return test.host.count("disconnect") == 1; });
        const auto calls = test.host.calls();

        for (int round = 0; round < 2; ++round) {
            auto read = read_by_the_rules(s.text());
            CHECK(read.faults == std::vector<std::string>());
            auto& now = read.samples;
            CHECK(now[in_state("saved")] == "1");
            for (const auto* other :
                 {"absent",
                  "stopped",
                  "booting",
                  "ready",
                  "dozing",
                  "paused",
                  "waking",
                  "stopping",
                  "failed"}) {
                CAPTURE(other);
                CHECK(now[in_state(other)] == "0");
            }
            const std::string wakes = "gangway_vm_wakes_total";
            CHECK(now[wakes + R"({from="off",reason="request"})"] == "1");
            CHECK(now[wakes + R"({from="paused",reason="command"})"] == "1");
            CHECK(now[wakes + R"({from="paused",reason="request"})"] == "0");
            CHECK(now[wakes + R"({from="saved",reason="port"})"] == "0");
            CHECK(now["gangway_vm_boot_duration_seconds_count"] == "1");
            CHECK(now[R"(gangway_vm_boot_duration_seconds_bucket{le="+Inf"})"] == "1");
            CHECK(now[R"(gangway_vm_wake_duration_seconds_count{from="paused"})"] == "1");
            CHECK(now[R"(gangway_vm_wake_duration_seconds_count{from="saved"})"] == "0");
            CHECK(now[R"(gangway_vm_sleeps_total{depth="paused"})"] == "1");
            CHECK(now[R"(gangway_vm_sleeps_total{depth="saved"})"] == "1");
            CHECK(now["gangway_vm_failed_starts_total"] == "0");
            CHECK(now["gangway_vm_containers"] == "0");
            CHECK(now["gangway_vm_waiting_clients"] == "0");
            CHECK(now["gangway_vm_memory_bytes"] == "0");
            CHECK(now["gangway_vm_memory_limit_bytes"] == "2147483648");
        }
        // Nobody asked the host anything, and nothing has become of the VM.
        CHECK(test.host.calls() == calls);
        CHECK(test.vm.status().state == vmctl::vm_state::saved);
        co_await s.end();
    });
}
