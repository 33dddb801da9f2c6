// A build without libvirt saves no VM's memory.
#include "vmctl/packed_memory.hpp"

#include <utility>

namespace vmctl {

packed_memory::packed_memory(std::filesystem::path file, std::filesystem::path packed)
    : file_(std::move(file)), packed_(std::move(packed))
{
}

void packed_memory::pack(const std::stop_token&) const {}

std::string packed_memory::identity() const
{
    return {};
}

void packed_memory::unpack() const {}

void packed_memory::forget() const {}

packed_memory memory_of(const config::settings&)
{
    return packed_memory({}, {});
}

}  // namespace vmctl
