// The end of a process is heard of.
#include "vmctl/process_watch.hpp"

#include "tests/support/run_loop.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>

namespace asio = boost::asio;
using test_support::until;

namespace {

pid_t sleeping_child()
{
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    return child;
}

asio::awaitable<void> is_told_once(asio::io_context& loop)
{
    const auto child = sleeping_child();
    int told = 0;
    const vmctl::process_watch watch(loop.get_executor(), child, [&told] { ++told; });
    CHECK(told == 0);
    ::kill(child, SIGKILL);
    co_await until([&told] { return told > 0; });
    ::waitpid(child, nullptr, 0);
    CHECK(told == 1);
    CHECK_THROWS_AS(vmctl::process_watch(loop.get_executor(), child, [] {}), std::system_error);
}

asio::awaitable<void> tells_nothing_any_more(asio::io_context& loop)
{
    const auto child = sleeping_child();
    int told = 0;
    {
        const vmctl::process_watch former(loop.get_executor(), child, [&told] { told += 100; });
    }
    const vmctl::process_watch watch(loop.get_executor(), child, [&told] { ++told; });
    ::kill(child, SIGKILL);
    co_await until([&told] { return told > 0; });
    ::waitpid(child, nullptr, 0);
    CHECK(told == 1);
}

}  // namespace

TEST_CASE("whoever watches a process is told of its end, once")
{
    asio::io_context loop{1};
    test_support::run_loop(loop, is_told_once(loop));
}

TEST_CASE("whoever has watched a process is told nothing")
{
    asio::io_context loop{1};
    test_support::run_loop(loop, tells_nothing_any_more(loop));
}
