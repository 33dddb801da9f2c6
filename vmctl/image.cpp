// manifest.json to a typed value, every doubt a sentence.
#include "vmctl/image.hpp"

#include "config/remote_file.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/sha256.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <system_error>

namespace vmctl {
namespace {

using nlohmann::json;
using std::filesystem::path;

constexpr std::string_view rebuild = "build the image again: appliance/build --output DIR";

std::string ways_to_get_one(const path& directory)
{
    return "install the package gangway-image, run appliance/build --output " + directory.string() +
           ", or set vm.image";
}

class manifest {
public:
    explicit manifest(const path& directory) : directory_(directory)
    {
        std::error_code error;
        const auto file = directory / "manifest.json";
        if (!std::filesystem::is_directory(directory, error))
            throw storage_error(
                "no VM image in " + directory.string() + ": " + ways_to_get_one(directory)
            );
        if (!std::filesystem::exists(file, error) && !error)
            throw storage_error(
                "no VM image in " + directory.string() +
                " (there is no manifest.json): " + ways_to_get_one(directory)
            );
        values_ = json::parse(read_file(file), nullptr, false);
        if (!values_.is_object()) refuse("is not a JSON object");
    }

    [[noreturn]] void refuse(const std::string& problem) const
    {
        throw storage_error(
            "the VM image's " + (directory_ / "manifest.json").string() + " " + problem + "; " +
            std::string(rebuild)
        );
    }

    std::string text(const char* key) const
    {
        const auto found = values_.find(key);
        if (found == values_.end() || !found->is_string())
            refuse("has no text \"" + std::string(key) + "\"");
        return found->get<std::string>();
    }

    std::optional<path> optional_file(const char* key) const
    {
        if (!values_.contains(key) || values_[key].is_null()) return std::nullopt;
        return file(key);
    }

    path file(const char* key) const
    {
        const auto name = text(key);
        if (!files().contains(name))
            refuse("names " + name + " as \"" + key + "\" but does not list it in \"files\"");
        return located(name);
    }

    // The files listed are in the directory itself: a manifest reaches nowhere else.
    path located(const std::string& name) const
    {
        if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
            refuse("names a file outside its directory: \"" + name + "\"");
        return directory_ / name;
    }

    const json& files() const
    {
        const auto found = values_.find("files");
        if (found == values_.end() || !found->is_object()) refuse("has no object \"files\"");
        return *found;
    }

    image_file description(const std::string& name, const json& value) const
    {
        if (!value.is_object() || !value.contains("size") || !value["size"].is_number_unsigned())
            refuse("gives no size for " + name);
        if (!value.contains("sha256") || !value["sha256"].is_string() ||
            !config::is_sha256(value["sha256"].get_ref<const std::string&>()))
            refuse("gives no sha256 for " + name);
        return {value["size"].get<std::uint64_t>(), value["sha256"].get<std::string>()};
    }

private:
    path directory_;
    json values_;
};

void check_size(const path& file, const image_file& described)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        throw storage_error(
            "the VM image's " + file.string() + " is missing; " + std::string(rebuild)
        );
    const auto size = std::filesystem::file_size(file, error);
    if (error)
        throw storage_error(
            "cannot look at the VM image's " + file.string() + ": " + error.message()
        );
    if (size != described.size)
        throw storage_error(
            "the VM image's " + file.string() + " has " + std::to_string(size) +
            " bytes instead of " + std::to_string(described.size) + "; " + std::string(rebuild)
        );
}

}  // namespace

vm_image load_image(const path& directory)
{
    if (directory.empty())
        throw storage_error(
            "no VM image is configured: run appliance/build --output DIR and set vm.image to DIR"
        );
    const auto absolute = std::filesystem::absolute(directory).lexically_normal();
    const manifest read(absolute);
    vm_image image;
    image.version = read.text("version");
    image.command_line = read.text("cmdline");
    image.kernel = read.file("kernel");
    image.initrd = read.file("initrd");
    image.root = read.file("root");
    image.iso = read.optional_file("iso");
    for (const auto& [name, value] : read.files().items()) {
        const auto file = read.located(name);
        image.files[file] = read.description(name, value);
    }
    for (const auto& [file, described] : image.files) check_size(file, described);
    return image;
}

std::string identity_of(const vm_image& image)
{
    std::string all;
    for (const auto& file : {image.kernel, image.initrd, image.root})
        all += image.files.at(file).sha256;
    return all;
}

void verify_checksums(const vm_image& image)
{
    for (const auto& [file, described] : image.files)
        if (sha256_of(file) != described.sha256)
            throw storage_error(
                "the VM image's " + file.string() +
                " is damaged (its sha256 is not the manifest's); " + std::string(rebuild)
            );
}

}  // namespace vmctl
