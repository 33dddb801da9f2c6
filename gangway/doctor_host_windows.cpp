// There is no VM on Windows yet, which is all that there is to say of one.
#include "gangway/doctor_host.hpp"

namespace gangway {

findings host_findings(const config::settings&)
{
    return {
        {"vm",
         verdict::wrong,
         "the configuration wants an engine in a VM, which gangwayd does not run on Windows yet",
         "name an engine that runs elsewhere: engine.remote in the configuration, or "
         "`gangwayd --engine tcp://HOST:PORT` or ssh://HOST"},
    };
}

}  // namespace gangway
