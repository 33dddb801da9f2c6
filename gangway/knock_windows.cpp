// Nobody opens pipes for a daemon that does not run yet.
#include "gangway/knock.hpp"

namespace gangway {

struct knock::connection {};

knock::knock(const config::local_endpoint&) {}

knock::~knock() = default;

bool knock::is_heard() const
{
    return false;
}

bool knock::is_turned_away()
{
    return true;
}

}  // namespace gangway
