// Reading QEMU's table of connections.
#include "vmctl/user_network.hpp"

#include <catch2/catch.hpp>

#include <ostream>

namespace vmctl {

static std::ostream& operator<<(std::ostream& out, const port_forward& forward)
{
    return out << forward.host << "->" << forward.guest.address << ":" << forward.guest.port;
}

}  // namespace vmctl

using namespace vmctl;

TEST_CASE("the forwards are told from the connections")
{
    CHECK(
        parse_user_network(
            "Hub -1 (gw0):\r\n"
            "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
            "  TCP[ESTABLISHED]   31       127.0.0.1 51000       10.0.2.15  2376     0     0\r\n"
            "  TCP[HOST_FORWARD]  13       127.0.0.1 40002       10.0.2.15    22     0     0\r\n"
            "  TCP[HOST_FORWARD]  12       127.0.0.1 40001       10.0.2.15  2376     0     0\r\n"
            "  UDP[236 sec]       40       10.0.2.15 33333        10.0.2.3    53     0     0\r\n"
            "  TCP[HOST_FORWARD]  14       127.0.0.1 40003       127.0.0.1  8080     0     0\r\n"
            "  UDP[HOST_FORWARD]  15       127.0.0.1 40004       10.0.2.15    53     0     0\r\n"
        ) ==
        std::vector<port_forward>{
            {40002, {transport::tcp, "10.0.2.15", 22}},
            {40001, {transport::tcp, "10.0.2.15", 2376}},
            {40003, {transport::tcp, "127.0.0.1", 8080}},
            {40004, {transport::udp, "10.0.2.15", 53}}}
    );
}

TEST_CASE("rows that are not whole or hold no port are no forwards")
{
    CHECK(parse_user_network("").empty());
    CHECK(parse_user_network("  TCP[HOST_FORWARD]  12       127.0.0.1 40001").empty());
    CHECK(parse_user_network("  TCP[HOST_FORWARD]  12  127.0.0.1 0  10.0.2.15  2376 0 0").empty());
    CHECK(parse_user_network("  TCP[HOST_FORWARD]  12  127.0.0.1 99999 10.0.2.15 22 0 0").empty());
    CHECK(parse_user_network("  TCP[HOST_FORWARD]  12  127.0.0.1 x 10.0.2.15 22 0 0").empty());
}

TEST_CASE("the monitor's commands name QEMU's end and the guest's")
{
    CHECK(
        add_forward({transport::tcp, "127.0.0.1", 8080}) ==
        "hostfwd_add gw0 tcp:127.0.0.1:0-127.0.0.1:8080"
    );
    CHECK(
        add_forward({transport::udp, "10.0.2.15", 53}) ==
        "hostfwd_add gw0 udp:127.0.0.1:0-10.0.2.15:53"
    );
    CHECK(remove_forward(transport::udp, 40004) == "hostfwd_remove gw0 udp:127.0.0.1:40004");
}
