// What an endpoint is called is the same on every platform.
#include "gangway/control_connection.hpp"

namespace gangway {

std::string place_of(const config::local_endpoint& endpoint)
{
    const auto* const socket = std::get_if<config::unix_endpoint>(&endpoint);
    return socket != nullptr ? socket->path.string() : config::to_string(endpoint);
}

}  // namespace gangway
