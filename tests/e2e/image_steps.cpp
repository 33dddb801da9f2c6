// Copies of the real image, with a file changed.
#include "tests/e2e/image_steps.hpp"

#include "tests/e2e/premises.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/process.hpp"
#include "tests/support/test_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

namespace e2e {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test_support::eventually;

constexpr std::chrono::minutes copy_patience{2};

std::string output_of(std::vector<std::string> command)
{
    return test_support::run_checked({.arguments = std::move(command)}, copy_patience);
}

std::string sha256_of(const fs::path& file)
{
    return output_of({"sha256sum", file}).substr(0, 64);
}

// The real one but for the file called `key` in its manifest, of which `content` is what it holds.
fs::path other_image(
    const account& user,
    const std::string& version,
    const std::string& key,
    const std::string& content
)
{
    const auto directory = user.home() / version;
    fs::create_directory(directory);
    auto manifest = user.real_manifest();
    // Large, and of no use here.
    manifest.at("files").erase(manifest.at("iso").get<std::string>());
    manifest.erase("iso");
    const auto changed = manifest.at(key).get<std::string>();
    for (const auto& [name, described] : manifest.at("files").items())
        if (name != changed) fs::create_symlink(shared_premises().image() / name, directory / name);
    test_support::write_file(directory / changed, content);
    manifest["version"] = version;
    manifest["files"][changed] = {
        {"size", content.size()}, {"sha256", sha256_of(directory / changed)}};
    test_support::write_file(directory / "manifest.json", manifest.dump());
    return directory;
}

std::string present_version(const account& user)
{
    return json::parse(test_support::read_file(user.image_dir() / "manifest.json")).at("version");
}

// Nothing of the other one is left.
bool is_settled(const account& user)
{
    for (const auto* const left : {".next", ".former", ".incoming/unpacked", ".worthless"})
        if (fs::exists(fs::symlink_status(user.image_dir().string() + left))) return false;
    return true;
}

}  // namespace

std::string upgrades(const account& user)
{
    const auto initrd = shared_premises().image() / user.real_manifest().at("initrd");
    // Zeros between archives and behind them mean nothing to Linux (initramfs.c).
    const auto content = test_support::read_file(initrd) + std::string(512, '\0');
    const auto directory = other_image(user, "other", "initrd", content);
    const auto archive = user.home() / "other.tar";
    output_of({"tar", "-C", directory, "-chf", archive, "."});
    fs::remove_all(directory);
    const auto told = user.gangway({"upgrade", archive, "--sha256", sha256_of(archive)});
    CAPTURE(told.err);
    CHECK(told.exit_status == 0);
    CHECK(user.vm_state() == "ready");
    CHECK(present_version(user) == "other");
    CHECK(eventually([&] { return is_settled(user); }));
    fs::remove(archive);
    return told.out;
}

void an_image_that_does_not_start_is_taken_back(const account& user)
{
    const auto former = present_version(user);
    const auto directory = other_image(user, "broken", "kernel", "no kernel");
    const auto told = user.gangway({"upgrade", directory});
    CAPTURE(told.out, told.err);
    CHECK(told.exit_status == 1);
    CHECK(
        told.err.find("the new image did not start, and the former one is back") !=
        std::string::npos
    );
    CHECK(user.vm_state() == "ready");
    CHECK(present_version(user) == former);
    CHECK(eventually([&] { return is_settled(user); }));
    fs::remove_all(directory);
    CHECK(user.gangway({"poweroff"}).exit_status == 0);
}

}  // namespace e2e
