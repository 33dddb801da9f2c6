// Every file against its digest.
#include "gangway/doctor_image.hpp"

#include "gangway/sha256.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <system_error>

namespace gangway {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// The files are in the directory itself.
bool is_file_name(const std::string& name)
{
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

}  // namespace

std::map<std::string, image_facts::file> files_of_manifest(std::string_view manifest)
{
    std::map<std::string, image_facts::file> files;
    const auto values = json::parse(manifest, nullptr, false);
    if (!values.is_object() || !values.contains("files") || !values["files"].is_object()) return {};
    for (const auto& [name, value] : values["files"].items()) {
        const bool usable = is_file_name(name) && value.is_object() && value.contains("size") &&
                            value["size"].is_number_unsigned() && value.contains("sha256") &&
                            value["sha256"].is_string();
        if (!usable) return {};
        files[name] = {value["size"].get<std::uint64_t>(), value["sha256"].get<std::string>()};
    }
    return files;
}

finding judge_image(const image_facts& facts)
{
    const auto place = facts.directory.string();
    const auto wrong = [&](const std::string& found) {
        return finding{
            "image",
            verdict::wrong,
            found,
            "make a new one: appliance/build --output " + place + "; or set vm.image"};
    };
    if (!facts.manifest) return wrong("there is none in " + place + " (no manifest.json)");
    const auto described = files_of_manifest(*facts.manifest);
    if (described.empty()) return wrong(place + "/manifest.json is damaged");
    for (const auto& [name, file] : described) {
        const auto path = (facts.directory / name).string();
        const auto actual = facts.files.find(name);
        if (actual == facts.files.end()) return wrong(path + " is missing");
        if (actual->second.size != file.size)
            return wrong(
                path + " has " + std::to_string(actual->second.size) + " bytes instead of " +
                std::to_string(file.size)
            );
        if (actual->second.sha256.empty()) return wrong(path + " cannot be read");
        if (actual->second.sha256 != file.sha256)
            return wrong(path + " is damaged: its sha256 is not the manifest's");
    }
    return {
        "image",
        verdict::ok,
        place + ": " + std::to_string(described.size()) + " files are as the manifest says",
        {}};
}

image_facts look_at_image(const fs::path& directory)
{
    image_facts facts;
    facts.directory = directory;
    const auto manifest = directory / "manifest.json";
    std::error_code unknown;
    if (!fs::is_regular_file(manifest, unknown)) return facts;
    std::ifstream stream(manifest, std::ios::binary);
    if (!stream) return facts;
    facts.manifest.emplace(
        std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()
    );
    for (const auto& [name, described] : files_of_manifest(*facts.manifest)) {
        std::error_code error;
        const auto size = fs::file_size(directory / name, error);
        if (error) continue;
        // One of another length needs no reading.
        facts.files[name] = {
            size,
            size == described.size ? sha256_of_file(directory / name).value_or("") : std::string()};
    }
    return facts;
}

}  // namespace gangway
