// What has to change on this host, as a table, and dockerd's words.
#include "proxy/port_changes.hpp"

#include "proxy/host_port_rules.hpp"

#include <boost/asio/error.hpp>
#include <catch2/catch.hpp>

#include <string>

using namespace proxy;
namespace asio = boost::asio;

namespace {

// On 127.0.0.1.
std::string numbers(const std::vector<published_port>& ports)
{
    std::string text;
    for (const auto& port : ports) text += (text.empty() ? "" : " ") + std::to_string(port.port);
    return text;
}

published_port local(std::uint16_t number)
{
    return {vmctl::transport::tcp, "127.0.0.1", number};
}

// Asio has no name of its own for it.
boost::system::error_code no_such_address()
{
    return make_error_code(boost::system::errc::address_not_available);
}

struct row {
    bool running;
    std::vector<published_port> open;
    port_owners now;
    bool starting;
    std::string close;
    std::string adopt;
    std::string opened;
};

}  // namespace

TEST_CASE("the ports of this host become what the container publishes now")
{
    const std::string us = "us";
    const std::string other = "other";
    const auto given = GENERATE_COPY(
        row{true, {local(1), local(2)}, {}, false, "", "", "1 2"},
        row{true, {local(1), local(2)}, {{local(1), us}}, false, "", "", "2"},
        row{true, {local(2)}, {{local(1), us}}, false, "1", "", "2"},
        row{true, {}, {{local(1), us}, {local(2), other}}, false, "1", "", ""},
        row{false, {}, {{local(1), us}, {local(2), us}}, false, "1 2", "", ""},
        // What a container that has ended still names is not open.
        row{false, {local(1)}, {{local(1), us}}, false, "1", "", ""},
        row{true, {local(1)}, {{local(1), other}}, false, "", "1", ""},
        row{false, {}, {{local(1), us}}, true, "", "", ""},
        row{true, {local(2)}, {{local(1), us}}, true, "", "", "2"}
    );
    container_ports container;
    container.id = us;
    container.running = given.running;
    container.open = given.open;
    const auto changes = changes_for(container, given.now, given.starting);
    CHECK(numbers(changes.close) == given.close);
    CHECK(numbers(changes.adopt) == given.adopt);
    CHECK(numbers(changes.open) == given.opened);
}

TEST_CASE("a port that cannot be had is described as dockerd does it")
{
    const published_port web{vmctl::transport::tcp, "0.0.0.0", 80};
    CHECK(
        describe_failure(web, asio::error::address_in_use) ==
        "listen tcp4 0.0.0.0:80: bind: address already in use"
    );
    CHECK_THAT(
        describe_failure(web, asio::error::access_denied),
        Catch::EndsWith("bind: permission denied; " + permission_rule(80))
    );
    container_ports container;
    container.id = "abc";
    container.name = "web";
    CHECK(
        describe_refusal(container, "why") ==
        "driver failed programming external connectivity on endpoint web (abc): Error starting "
        "userland proxy: why"
    );
}

// In the words of the system, which Windows has others of.
TEST_CASE("what the system says of a port is written as Go writes it", "[unix]")
{
    CHECK(
        describe_failure({vmctl::transport::udp, "::1", 53}, no_such_address()) ==
        "listen udp6 [::1]:53: bind: cannot assign requested address"
    );
}

TEST_CASE("only IPv6 on all addresses can be done without, and only where there is none")
{
    const published_port all{vmctl::transport::tcp, "::", 80};
    CHECK(is_dispensable(all, asio::error::address_family_not_supported));
    CHECK(is_dispensable(all, no_such_address()));
    CHECK_FALSE(is_dispensable(all, asio::error::address_in_use));
    CHECK_FALSE(is_dispensable(local(80), no_such_address()));
}
