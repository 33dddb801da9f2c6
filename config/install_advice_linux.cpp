// On Debian and its kin.
#include "config/install_advice.hpp"

namespace config {

std::string install_advice(const std::string& package)
{
    return "install " + package + " (apt install " + package + ")";
}

}  // namespace config
