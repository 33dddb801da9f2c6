// bsdtar takes the files out; what is complete is renamed into its place.
#include "vmctl/boot2docker_image.hpp"

#include "config/remote_file.hpp"
#include "vmctl/disk_tool.hpp"
#include "vmctl/download.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/scratch_directory.hpp"
#include "vmctl/sha256.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <sstream>
#include <system_error>

namespace vmctl {
namespace {

using std::filesystem::path;
using names_list = std::vector<std::string>;

constexpr const char* kernel_name = "vmlinuz";
constexpr const char* initrd_name = "initrd.img";
constexpr const char* menu_name = "isolinux.cfg";

// A file system without Rock Ridge has "BOOT/VMLINUZ.;1".
std::string plain_name(std::string_view name)
{
    if (name.starts_with("./")) name.remove_prefix(2);
    if (const auto version = name.find(';'); version != std::string_view::npos)
        name = name.substr(0, version);
    if (name.ends_with('.')) name.remove_suffix(1);
    std::string plain(name);
    std::ranges::transform(plain, plain.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return plain;
}

std::string must_run(const tool_call& call, const path& iso)
{
    auto result = run_tool(call);
    if (result.exit_code != 0)
        throw storage_error(iso.string() + " cannot be read: " + failure_of(call, result));
    return std::move(result.output);
}

void take_out(const path& iso, const path& into)
{
    std::istringstream listed(must_run({"bsdtar", {"-tf", iso.string()}, {}, -1}, iso));
    names_list names;
    for (std::string name; std::getline(listed, name);) names.push_back(name);
    const auto found = layout_of(names);
    if (!found)
        throw storage_error(
            iso.string() +
            " is no boot2docker ISO: it has no /boot/vmlinuz (or vmlinuz64), /boot/initrd.img and "
            "isolinux.cfg"
        );
    must_run(
        {"bsdtar",
         {"-xf", iso.string(), "-C", into.string(), found->kernel, found->initrd, found->boot_menu},
         {},
         -1},
        iso
    );
    // As they are in the ISO, they may be read-only.
    const auto settle = [&](const std::string& from, const char* to) {
        std::filesystem::rename(into / from, into / to);
        std::filesystem::permissions(into / to, std::filesystem::perms(0644));
    };
    std::filesystem::create_directory(into / "taken");
    settle(found->kernel, "taken/vmlinuz");
    settle(found->initrd, "taken/initrd.img");
    settle(found->boot_menu, "taken/isolinux.cfg");
}

std::optional<boot2docker_image> image_in(const path& directory)
{
    std::error_code error;
    if (!std::filesystem::exists(directory / menu_name, error)) return std::nullopt;
    const auto command_line = command_line_in(read_file(directory / menu_name));
    if (!command_line)
        throw storage_error(
            "the boot2docker ISO's isolinux.cfg has no \"append\" line for its kernel"
        );
    return boot2docker_image{
        directory / kernel_name,
        directory / initrd_name,
        // The VM has no screen: what init says goes to the log that a failed start quotes.
        *command_line + " console=ttyS0"};
}

void check_digest(const path& iso, const std::string& wanted)
{
    const auto found = sha256_of(iso);
    if (found != wanted)
        throw storage_error(
            iso.string() + " has the sha256 " + found + ", and vm.boot2docker.sha256 is " + wanted +
            "; get the right ISO, or correct the setting"
        );
}

// The download is checked by who makes it.
path fetched(const config::boot2docker_settings& settings, const path& directory)
{
    auto iso = directory / (settings.sha256 + ".iso");
    spdlog::info("downloading {}", without_password(settings.iso));
    auto told = std::chrono::steady_clock::now();
    download(settings.iso, iso, settings.sha256, [&told](download_progress so_far) {
        constexpr std::chrono::seconds interval{10};
        if (std::chrono::steady_clock::now() < told + interval) return;
        told = std::chrono::steady_clock::now();
        spdlog::info("downloading: {} bytes of {}", so_far.received, so_far.whole);
    });
    return iso;
}

void forget_others(const path& directory, const path& kept)
{
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        if (entry.path() != kept) std::filesystem::remove_all(entry.path());
}

}  // namespace

path boot2docker_directory_in(const path& state_dir)
{
    return state_dir / "boot2docker";
}

std::optional<boot2docker_layout> layout_of(const names_list& names)
{
    const auto find = [&](const names_list& candidates) -> std::string {
        for (const auto& wanted : candidates)
            for (const auto& name : names)
                if (plain_name(name) == wanted) return name;
        return {};
    };
    boot2docker_layout layout{
        find({"boot/vmlinuz", "boot/vmlinuz64"}),
        find({"boot/initrd.img"}),
        find({"isolinux/isolinux.cfg", "boot/isolinux/isolinux.cfg"})};
    if (layout.kernel.empty() || layout.initrd.empty() || layout.boot_menu.empty())
        return std::nullopt;
    return layout;
}

std::optional<std::string> command_line_in(std::string_view boot_menu)
{
    std::istringstream lines{std::string(boot_menu)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        if (!(words >> word)) continue;
        std::ranges::transform(word, word.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        if (word != "append") continue;
        std::string command_line;
        while (words >> word) {
            // The boot loader's, which has loaded it.
            if (word.starts_with("initrd=")) continue;
            command_line += (command_line.empty() ? "" : " ") + word;
        }
        return command_line;
    }
    return std::nullopt;
}

boot2docker_image ensure_boot2docker_image(
    const config::boot2docker_settings& settings, const path& directory
)
{
    const auto place = std::filesystem::absolute(directory) / settings.sha256;
    if (auto image = image_in(place)) return *image;
    try {
        make_private_directory(place.parent_path().parent_path());
        make_private_directory(place.parent_path());
        const directory_lock lock(place.parent_path());
        // Another process may have had the lock.
        if (auto image = image_in(place)) return *image;
        path iso = settings.iso;
        if (config::is_url(settings.iso))
            iso = fetched(settings, place.parent_path());
        else
            check_digest(iso, settings.sha256);
        const scratch_directory work(partial_name(place));
        take_out(iso, work.name());
        std::filesystem::rename(work.name() / "taken", place);
        forget_others(place.parent_path(), place);
    } catch (const std::filesystem::filesystem_error& error) {
        throw storage_error(
            "vm.boot2docker cannot be taken out of its ISO: " + std::string(error.what())
        );
    }
    if (auto image = image_in(place)) return *image;
    throw storage_error("vm.boot2docker cannot be taken out of its ISO into " + place.string());
}

}  // namespace vmctl
