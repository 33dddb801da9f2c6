// A build without libvirt has VirtualBox, unless the configuration wants libvirt.
#include "vmctl/libvirt_hypervisor.hpp"

namespace vmctl {

std::unique_ptr<hypervisor> make_libvirt_hypervisor(
    std::string, std::string, std::filesystem::path, packed_memory
)
{
    throw hypervisor_error(
        hypervisor_problem::refused,
        "this gangwayd was built without libvirt; set vm.hypervisor to \"virtualbox\", or name an "
        "engine (--engine tcp://HOST:PORT or ssh://HOST, or engine.remote in the configuration)"
    );
}

}  // namespace vmctl
