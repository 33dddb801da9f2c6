// Blocking sockets on this machine, for both ends of the benchmarks. Errors are std::system_error.
#pragma once

#include "tests/support/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

using test_support::unique_fd;

unique_fd listen_on_port(std::uint16_t port);  // of 127.0.0.1
unique_fd listen_on_path(const std::string& path);

// "unix:PATH" or "tcp:PORT".
unique_fd connect_to(const std::string& address);

// For latency: no Nagle. Nothing happens on unix sockets.
void no_delay(int socket);

unique_fd accept_from(const unique_fd& listener);

void send_all(int socket, std::string_view bytes);

void finish_sending(int socket);

// Closing it will be a reset, except on unix sockets.
void reset_when_closed(int socket);

// 0 at the end of the stream.
std::size_t receive_some(int socket, char* into, std::size_t size);

}  // namespace bench
