// Ports that a system keeps for itself or for some.
#include "proxy/host_port_rules.hpp"

#include <catch2/catch.hpp>

TEST_CASE("a port that is not permitted is explained as this system's rules are")
{
    CHECK_THAT(proxy::permission_rule(80), Catch::Contains(PERMISSION_RULE));
}
