// Manifests as appliance/build writes them.
#include "tests/unit/vmctl/image_fixture.hpp"

#include "vmctl/image.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/sha256.hpp"

#include <nlohmann/json.hpp>

namespace vmctl_test {

void make_image(const std::filesystem::path& directory, const std::string& version)
{
    std::filesystem::create_directories(directory);
    nlohmann::json files;
    for (const std::string name : {"vmlinuz", "initrd.img", "root.img"}) {
        const auto content = name + " of " + version;
        vmctl::write_file(directory / name, content, 0644);
        vmctl::sha256 digest;
        digest.add(content);
        files[name] = {{"size", content.size()}, {"sha256", digest.hex()}};
    }
    const nlohmann::json manifest = {
        {"version", version},
        {"kernel", "vmlinuz"},
        {"initrd", "initrd.img"},
        {"root", "root.img"},
        {"cmdline", "quiet"},
        {"files", files},
    };
    vmctl::write_file(directory / "manifest.json", manifest.dump(), 0644);
}

std::string version_in(const std::filesystem::path& directory)
{
    try {
        const auto image = vmctl::load_image(directory);
        vmctl::verify_checksums(image);
        return image.version;
    } catch (const vmctl::storage_error&) {
        return "none";
    }
}

}  // namespace vmctl_test
