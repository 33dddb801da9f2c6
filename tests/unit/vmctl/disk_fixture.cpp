// Looks into images with the tools themselves rather than with our own code around them.
#include "tests/unit/vmctl/disk_fixture.hpp"

#include "vmctl/disk_tool.hpp"

#include <regex>
#include <set>

namespace vmctl_test {

using vmctl::run_tool;
using vmctl::seed_policy;

std::vector<vmctl::seed_file> small_seed()
{
    return {
        {"var/lib/boot2docker/profile", "DOCKER_TLS=yes\n", 0644, seed_policy::at_creation},
        {"var/lib/boot2docker/tls/server.pem", "certificate 1\n", 0644, seed_policy::always},
        {"var/lib/boot2docker/tls/serverkey.pem", "key 1\n", 0600, seed_policy::always},
    };
}

std::string look(const std::filesystem::path& disk, const std::string& request)
{
    return run_tool({"debugfs", {"-R", request, disk.string()}, {}, -1}).output;
}

std::string content_in(const std::filesystem::path& disk, const std::string& file)
{
    return look(disk, "cat /" + file);
}

std::string owner_and_mode_in(const std::filesystem::path& disk, const std::string& file)
{
    const auto text = look(disk, "stat /" + file);
    std::smatch found;
    const std::regex pattern("Mode: +(\\d+)[^]*User: +(\\d+) +Group: +(\\d+)");
    if (!std::regex_search(text, found, pattern)) return "not there";
    return found[1].str() + " " + found[2].str() + " " + found[3].str();
}

std::string names_in(const std::filesystem::path& directory)
{
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        names.insert(entry.path().filename());
    std::string text;
    for (const auto& name : names) text += name + " ";
    return text;
}

int check(const std::filesystem::path& disk)
{
    return run_tool({"e2fsck", {"-f", "-n", disk.string()}, {}, -1}).exit_code;
}

}  // namespace vmctl_test
