// Starts on their way through a session, and a gate that the test opens.
#include "counted_answers.hpp"
#include "proxy/start_gate.hpp"
#include "session_fixture.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace {

class test_gate final : public proxy::start_gate {
public:
    explicit test_gate(asio::any_io_executor executor)
        : admission(executor), settlement(std::move(executor))
    {
    }

    asio::awaitable<std::unique_ptr<proxy::container_start>> admit(std::string container) override
    {
        admitted = std::move(container);
        co_await admission.wait();
        if (!refusal.empty()) throw proxy::start_refused(refusal);
        co_return std::make_unique<one_start>(*this);
    }

    vmctl::gate admission;
    vmctl::gate settlement;
    std::string admitted;
    std::string refusal;       // of the admission
    std::string late_refusal;  // of the settlement
    int settled = 0;
    int ended = 0;

private:
    class one_start final : public proxy::container_start {
    public:
        explicit one_start(test_gate& owner) : owner_(owner) {}

        ~one_start() override { ++owner_.ended; }

        asio::awaitable<bool> settle() override
        {
            ++owner_.settled;
            co_await owner_.settlement.wait();
            if (!owner_.late_refusal.empty()) throw proxy::start_refused(owner_.late_refusal);
            co_return true;
        }

    private:
        test_gate& owner_;
    };
};

struct gated_session : session_fixture {
    gated_session() : gate(loop.get_executor()) { tools.starts = &gate; }

    test_gate gate;
};

const std::string start = "POST /v1.41/containers/web/start HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
const std::string started = "HTTP/1.1 204 No Content\r\n\r\n";
const std::string list = "GET /containers/json HTTP/1.1\r\n\r\n";
const std::string listed = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";

}  // namespace

TEST_CASE("the engine hears of a start once its ports are ours, the client once they are open")
{
    gated_session one;
    one.run([](gated_session& f) -> asio::awaitable<void> {
        co_await send(f.client, start);
        auto engine = co_await f.accept();
        co_await test_support::until([&] { return f.gate.admitted == "web"; });
        engine.non_blocking(true);
        CHECK(engine.available() == 0);
        f.gate.admission.open();
        const auto seen = co_await receive(engine, start.size());
        CHECK(seen == start);
        co_await send(engine, started);
        co_await test_support::until([&] { return f.gate.settled == 1; });
        CHECK(f.client.available() == 0);
        f.gate.settlement.open();
        const auto answer = co_await receive(f.client, started.size());
        CHECK(answer == started);
        CHECK(f.gate.ended == 1);
        f.client.close();
    }(one));
}

TEST_CASE("a start whose port is taken is refused as dockerd does, and the connection goes on")
{
    gated_session one;
    one.gate.refusal = "driver failed: address already in use";
    one.gate.admission.open();
    one.run([](gated_session& f) -> asio::awaitable<void> {
        co_await send(f.client, start);
        auto engine = co_await f.accept();
        const auto reply = co_await receive_refusal(f.client);
        CHECK(reply.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
        CHECK(reply.ends_with("{\"message\":\"driver failed: address already in use\"}\n"));
        CHECK(f.engine.leases == 0);
        CHECK(
            answers_in(f.tools.counted) == counted_answers{{"POST /containers/{id}/start 500", 1}}
        );
        co_await send(f.client, list);
        const auto seen = co_await receive(engine, list.size());
        CHECK(seen == list);
        f.client.close();
    }(one));
}

TEST_CASE("a start that could not stay has a refusal in place of the engine's answer")
{
    gated_session one;
    one.gate.late_refusal = "no";
    one.gate.admission.open();
    one.gate.settlement.open();
    one.run([](gated_session& f) -> asio::awaitable<void> {
        // The answers before and after it come in one piece with it, and stay in order.
        co_await send(f.client, list + start + list);
        auto engine = co_await f.accept();
        const auto first = co_await receive(engine, list.size());
        CHECK(first == list);
        const auto rest = co_await receive(engine, start.size() + list.size());
        CHECK(rest == start + list);
        co_await send(engine, listed + started + listed);
        const auto before = co_await receive(f.client, listed.size());
        CHECK(before == listed);
        std::string reply;
        while (!reply.ends_with("[]")) {
            const auto some = co_await receive_some(f.client);
            reply += some;
        }
        CHECK(reply.starts_with("HTTP/1.1 500 "));
        CHECK(reply.ends_with("{\"message\":\"no\"}\n" + listed));
        f.client.close();
    }(one));
    CHECK(
        answers_in(one.tools.counted) ==
        counted_answers{{"GET /containers/json 200", 2}, {"POST /containers/{id}/start 500", 1}}
    );
}

TEST_CASE("an engine's own error is told as it is")
{
    gated_session one;
    one.gate.late_refusal = "the container does not run";
    one.gate.admission.open();
    one.gate.settlement.open();
    one.run([](gated_session& f) -> asio::awaitable<void> {
        const std::string error =
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 15\r\n\r\n{\"message\":\"x\"}";
        co_await send(f.client, start);
        auto engine = co_await f.accept();
        co_await receive(engine, start.size());
        co_await send(engine, error);
        const auto answer = co_await receive(f.client, error.size());
        CHECK(answer == error);
        CHECK(f.gate.ended == 1);
        f.client.close();
    }(one));
    CHECK(answers_in(one.tools.counted) == counted_answers{{"POST /containers/{id}/start 500", 1}});
}

TEST_CASE("a start whose end nobody has seen is given up")
{
    gated_session one;
    one.gate.admission.open();
    one.run([](gated_session& f) -> asio::awaitable<void> {
        co_await send(f.client, "POST /containers/web/restart?t=0 HTTP/1.1\r\n\r\n");
        auto engine = co_await f.accept();
        const auto seen = co_await receive_some(engine);
        CHECK(seen.starts_with("POST /containers/web/restart"));
        engine.close();
        const auto nothing = co_await receive_all(f.client);
        CHECK(nothing.empty());
        CHECK(f.gate.settled == 0);
        f.client.close();
    }(one));
    CHECK(one.gate.ended == 1);
}

TEST_CASE("what starts nothing passes by the gate")
{
    gated_session one;
    one.run([](gated_session& f) -> asio::awaitable<void> {
        const std::string stop = "POST /containers/web/stop HTTP/1.1\r\n\r\n";
        co_await send(f.client, stop);
        auto engine = co_await f.accept();
        const auto seen = co_await receive(engine, stop.size());
        CHECK(seen == stop);
        CHECK(f.gate.admitted.empty());
        f.client.close();
    }(one));
}
