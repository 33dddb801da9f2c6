// Asks the engine whether it answers, over the same path that clients take.
#pragma once

#include "proxy/dialer.hpp"
#include "vmctl/engine.hpp"

#include <boost/asio/awaitable.hpp>

namespace proxy {

// `GET /_ping` answered by 200. Throws dial_error, tls_error or boost::system::system_error
// otherwise; has no time limit of its own but the dialer's.
boost::asio::awaitable<void> probe_engine(dialer& dialer, vmctl::engine_address address);

}  // namespace proxy
