// The command line of the load; prints one JSON object.
#include "bench/load.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <exception>
#include <string>

namespace {

using nlohmann::json;

json summary(const bench::latencies& sorted)
{
    const auto at = [&](double share) {
        const auto place = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
        return static_cast<double>(sorted.at(place).count()) / 1000;
    };
    return {{"p50_us", at(0.5)}, {"p99_us", at(0.99)}};
}

json rate(std::size_t bytes, bench::seconds taken)
{
    return {{"gb_per_s", static_cast<double>(bytes) / 1e9 / taken.count()}};
}

void raise_descriptor_limit()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

int run(int argc, char** argv)
{
    CLI::App app("Loads the endpoint of a Docker API, and says how fast it is.");
    std::string endpoint;
    std::string what;
    std::size_t count = 1000;
    std::size_t parallel = 64;
    double length = 1;
    app.add_option("what", what)
        ->required()
        ->check(CLI::IsMember(
            {"ping", "ping-new", "echo", "down", "down-hijacked", "up", "rate", "storm", "idle"}
        ));
    app.add_option("endpoint", endpoint, "unix:PATH or tcp:PORT")->required();
    app.add_option("--count", count, "exchanges, bytes or connections");
    app.add_option("--parallel", parallel, "connections at a time");
    app.add_option("--seconds", length);
    CLI11_PARSE(app, argc, argv);

    ::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    json result;
    if (what == "ping") result = summary(bench::ping_on_one_connection(endpoint, count));
    if (what == "ping-new") result = summary(bench::ping_on_new_connections(endpoint, count));
    if (what == "echo") result = summary(bench::echo_on_hijacked_stream(endpoint, count));
    if (what == "down") result = rate(count, bench::download_chunked(endpoint, count));
    if (what == "down-hijacked") result = rate(count, bench::download_hijacked(endpoint, count));
    if (what == "up") result = rate(count, bench::upload_chunked(endpoint, count));
    if (what == "rate") {
        result = {{"per_s", bench::ping_rate(endpoint, parallel, bench::seconds(length))}};
    }
    if (what == "storm") result = {{"per_s", bench::connection_rate(endpoint, count, parallel)}};
    if (what == "idle") bench::hold_idle(endpoint, count);
    std::puts(result.dump().c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_load: %s\n", error.what());
        return 1;
    }
}
