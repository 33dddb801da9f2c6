// What the load measures. Every function drives an endpoint ("unix:PATH", "tcp:PORT") that leads,
// directly or through a relay, to the synthetic engine, and checks what comes back.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace bench {

// One request after the other, each timed, sorted.
using latencies = std::vector<std::chrono::nanoseconds>;
latencies ping_on_one_connection(const std::string& endpoint, std::size_t count);
latencies ping_on_new_connections(const std::string& endpoint, std::size_t count);
latencies echo_on_hijacked_stream(const std::string& endpoint, std::size_t count);

using seconds = std::chrono::duration<double>;
// From the request to the last byte of the answer.
seconds download_chunked(const std::string& endpoint, std::size_t bytes);
seconds download_hijacked(const std::string& endpoint, std::size_t bytes);
seconds upload_chunked(const std::string& endpoint, std::size_t bytes);

// Pings a second on `connections` kept ones, each with one request on its way.
double ping_rate(const std::string& endpoint, std::size_t connections, seconds length);

// New connections a second, each for one ping, `parallel` at a time.
double connection_rate(const std::string& endpoint, std::size_t connections, std::size_t parallel);

// Opens them, pings once on each, says "open", and closes them at the end of standard input.
void hold_idle(const std::string& endpoint, std::size_t connections);

}  // namespace bench
