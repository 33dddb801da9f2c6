// The lines, and the name by which VirtualBox knows the disk.
#include "vmctl/vmdk.hpp"

#include "vmctl/sha256.hpp"

#include <algorithm>

namespace vmctl {

namespace {

constexpr std::uint64_t sector = 512;

// RFC 9562, 5.8: version 8 is for whoever has a rule of their own.
std::string uuid_of(const std::filesystem::path& disk)
{
    sha256 digest;
    digest.add("gangway data disk ");
    digest.add(disk.string());
    auto hex = digest.hex().substr(0, 32);
    hex[12] = '8';
    hex[16] = 'a';
    for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, "-");
    return hex;
}

}  // namespace

std::string vmdk_descriptor(const std::filesystem::path& disk, config::byte_size size)
{
    constexpr std::uint64_t heads = 16;
    constexpr std::uint64_t sectors = 63;
    const auto extent = size.bytes / sector;
    // What a BIOS may be told at most.
    const auto cylinders = std::min<std::uint64_t>(extent / (heads * sectors), 16383);
    const auto entry = [](const std::string& name, const std::string& value) {
        return "ddb." + name + " = \"" + value + "\"\n";
    };
    const std::string none = "00000000-0000-0000-0000-000000000000";
    return "# Disk DescriptorFile\n"
           "version=1\n"
           "CID=fffffffe\n"
           "parentCID=ffffffff\n"
           "createType=\"monolithicFlat\"\n"
           "\n"
           "# Extent description\n"
           "RW " +
           std::to_string(extent) + " FLAT \"" + disk.filename().string() +
           "\" 0\n"
           "\n"
           "# The disk Data Base\n"
           "#DDB\n"
           "\n" +
           entry("virtualHWVersion", "4") + entry("adapterType", "lsilogic") +
           entry("geometry.cylinders", std::to_string(cylinders)) +
           entry("geometry.heads", std::to_string(heads)) +
           entry("geometry.sectors", std::to_string(sectors)) + entry("uuid.image", uuid_of(disk)) +
           entry("uuid.parent", none) + entry("uuid.modification", none) +
           entry("uuid.parentmodification", none);
}

}  // namespace vmctl
