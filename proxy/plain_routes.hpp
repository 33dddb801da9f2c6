// What the Docker Engine API has beyond the route table: requests that need nothing of us, known so
// that they can be told apart when they are counted.
#pragma once

#include <array>
#include <string_view>

namespace proxy {

struct plain_route {
    std::string_view method;
    std::string_view path;  // a pattern (api_path.hpp)
};

// The rest of moby api/swagger.yaml. HEAD is matched as GET.
inline constexpr auto plain_routes = std::to_array<plain_route>({
    {"POST", "/containers/*/exec"},
    {"POST", "/exec/*/resize"},
    {"DELETE", "/containers/*"},
    {"POST", "/containers/*/stop"},
    {"POST", "/containers/*/kill"},
    {"POST", "/containers/*/resize"},
    {"POST", "/containers/*/pause"},
    {"POST", "/containers/*/unpause"},
    {"POST", "/containers/*/rename"},
    {"POST", "/containers/*/update"},
    {"GET", "/containers/*/export"},
    {"GET", "/containers/*/archive"},
    {"PUT", "/containers/*/archive"},
    {"POST", "/containers/prune"},
    {"POST", "/commit"},
    {"POST", "/build"},
    {"POST", "/build/prune"},
    {"POST", "/build/cancel"},
    {"POST", "/images/create"},
    {"POST", "/images/load"},
    {"POST", "/images/prune"},
    {"POST", "/images/**/push"},
    {"POST", "/images/**/tag"},
    {"DELETE", "/images/**"},
    {"GET", "/images/search"},
    {"GET", "/images/get"},
    {"GET", "/images/**/get"},
    {"GET", "/distribution/**/json"},
    {"POST", "/auth"},
    {"POST", "/networks/create"},
    {"POST", "/networks/prune"},
    {"POST", "/networks/*/connect"},
    {"POST", "/networks/*/disconnect"},
    {"DELETE", "/networks/*"},
    {"POST", "/volumes/prune"},
    {"PUT", "/volumes/*"},
    {"DELETE", "/volumes/*"},
    {"GET", "/plugins/privileges"},
    {"POST", "/plugins/pull"},
    {"POST", "/plugins/create"},
    {"POST", "/plugins/**/enable"},
    {"POST", "/plugins/**/disable"},
    {"POST", "/plugins/**/upgrade"},
    {"POST", "/plugins/**/push"},
    {"DELETE", "/plugins/**"},
    {"POST", "/swarm/init"},
    {"POST", "/swarm/join"},
    {"POST", "/swarm/leave"},
    {"POST", "/swarm/update"},
    {"POST", "/swarm/unlock"},
    {"GET", "/swarm/unlockkey"},
    {"POST", "/nodes/*/update"},
    {"DELETE", "/nodes/*"},
    {"DELETE", "/services/*"},
    {"POST", "/secrets/create"},
    {"POST", "/secrets/*/update"},
    {"DELETE", "/secrets/*"},
    {"POST", "/configs/create"},
    {"POST", "/configs/*/update"},
    {"DELETE", "/configs/*"},
});

}  // namespace proxy
