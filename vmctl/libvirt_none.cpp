// A build without libvirt has no hypervisor: an engine has to be named.
#include "vmctl/libvirt_hypervisor.hpp"

namespace vmctl {

std::unique_ptr<hypervisor> make_libvirt_hypervisor(
    std::string, std::string, std::filesystem::path, packed_memory
)
{
    throw hypervisor_error(
        hypervisor_problem::refused,
        "this gangwayd was built without libvirt, and has no virtual machine: name an engine "
        "(--engine tcp://HOST:PORT or ssh://HOST, or engine.remote in the configuration)"
    );
}

}  // namespace vmctl
