// TCP's own probes: SIO_KEEPALIVE_VALS, by which the number of probes is ten.
#include "proxy/keep_alive.hpp"

#include <mstcpip.h>

namespace proxy {

void keep_alive(native_socket socket) noexcept
{
    constexpr unsigned long second = 1000;
    tcp_keepalive probes{1, 30 * second, 6 * second};
    DWORD none = 0;
    ::WSAIoctl(
        socket, SIO_KEEPALIVE_VALS, &probes, sizeof probes, nullptr, 0, &none, nullptr, nullptr
    );
}

}  // namespace proxy
