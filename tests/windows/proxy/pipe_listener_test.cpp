// Serving a named pipe: who may open it, whose name it is, many clients at once, who they are.
#include "proxy/pipe_security.hpp"
#include "tests/windows/proxy/pipe_scene.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>
#include <windows.h>

#include <vector>

TEST_CASE("a pipe is for the user, Administrators and SYSTEM, and a group that is named")
{
    CHECK(
        proxy::pipe_security("S-1-5-21-1-2-3-1001", "") ==
        "D:P(A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1001)"
    );
    CHECK(
        proxy::pipe_security("S-1-5-21-1-2-3-1001", "S-1-5-32-545") ==
        "D:P(A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1001)(A;;GRGW;;;S-1-5-32-545)"
    );
}

TEST_CASE("the SIDs are those of Windows' accounts")
{
    CHECK(proxy::own_sid().starts_with("S-1-5-21-"));
    CHECK(proxy::sid_of_group("Users") == "S-1-5-32-545");
    CHECK_THROWS_WITH(
        proxy::sid_of_group("no such group"), Catch::Contains("there is no group \"no such group\"")
    );
}

TEST_CASE("a name that is served already is refused, and by whom")
{
    pipe_scene s;
    const config::pipe_endpoint same{s.name};
    const auto serve_again = [&] { proxy::listen_on(s.loop.get_executor(), same, ""); };
    CHECK_THROWS_AS(serve_again(), proxy::listen_error);
    CHECK_THROWS_WITH(
        serve_again(),
        Catch::Contains("npipe:////./pipe/" + s.name + " is served already") &&
            Catch::Contains("(pid " + std::to_string(::GetCurrentProcessId()) + ")") &&
            Catch::Contains("--listen")
    );
    s.served.reset();
    CHECK_NOTHROW(serve_again());
}

TEST_CASE("a unix socket and sockets of a service manager are refused on Windows")
{
    asio::io_context loop;
    const config::unix_endpoint socket{"/run/docker.sock"};
    CHECK_THROWS_WITH(
        proxy::listen_on(loop.get_executor(), socket, ""), Catch::Contains("npipe:////./pipe/NAME")
    );
    CHECK_THROWS_AS(proxy::inherited_listeners(loop.get_executor()), proxy::listen_error);
}

TEST_CASE("fifty clients that come at once are all served")
{
    pipe_scene s;
    constexpr int count = 50;
    int served = 0;
    const auto answer = [](proxy::client_connection client) -> asio::awaitable<void> {
        const auto question = co_await read_exactly(*client.stream, 2);
        co_await write_all(*client.stream, "to " + question);
        co_await client.stream->finish_writing();
    };
    const auto ours = [&]() -> asio::awaitable<void> {
        for (int i = 0; i < count; ++i) {
            auto client = co_await s.served->accept();
            asio::co_spawn(
                s.loop,
                answer(std::move(client)),
                [&](const std::exception_ptr& failure) {
                    if (!failure) ++served;
                }
            );
        }
    };
    const int answered = s.run(ours(), [&] {
        std::vector<std::future<bool>> clients;
        for (int i = 0; i < count; ++i) {
            clients.push_back(std::async(std::launch::async, [&s, i] {
                const auto question = std::to_string(10 + i);
                pipe_client client(s.name);
                client.write(question);
                return client.read_all() == "to " + question;
            }));
        }
        int right = 0;
        for (auto& each : clients) right += each.get() ? 1 : 0;
        return right;
    });
    CHECK(served == count);
    CHECK(answered == count);
}

TEST_CASE("clients that are gone before they are accepted do not end the listener")
{
    pipe_scene s;
    for (int i = 0; i < 8; ++i) pipe_client gone(s.name);
    bool heard = false;
    const auto ours = [&]() -> asio::awaitable<void> {
        while (!heard) {
            auto client = co_await s.served->accept();
            const auto text = co_await read_exactly(*client.stream, 4);
            heard = text == "here";
        }
    };
    s.run(ours(), [&] {
        pipe_client client(s.name);
        client.write("here");
        return client.read_all();
    });
    CHECK(heard);
}

TEST_CASE("a client's process, program and user are known")
{
    pipe_scene s;
    proxy::peer who;
    const auto ours = [&]() -> asio::awaitable<void> {
        auto client = co_await s.served->accept();
        who = client.who;
    };
    s.run(ours(), [&] {
        pipe_client client(s.name);
        return client.read_failure();
    });
    CHECK(who.pid == static_cast<int>(::GetCurrentProcessId()));
    CHECK(proxy::command_of(who) == "windows_proxy_tests.exe");
    CHECK(proxy::user_of(who).find('\\') != std::string::npos);
    CHECK(proxy::user_of({}).empty());
}

TEST_CASE("a listener that is cancelled leaves nothing that keeps the loop running")
{
    pipe_scene s;
    asio::cancellation_signal stop;
    bool cancelled = false;
    const auto ours = [&]() -> asio::awaitable<void> { co_await s.served->accept(); };
    asio::co_spawn(
        s.loop,
        ours(),
        asio::bind_cancellation_slot(
            stop.slot(), [&](const std::exception_ptr& failure) { cancelled = failure != nullptr; }
        )
    );
    s.loop.poll();
    stop.emit(asio::cancellation_type::terminal);
    s.loop.run_for(test_support::patience);
    CHECK(cancelled);
    CHECK(s.loop.stopped());
}
