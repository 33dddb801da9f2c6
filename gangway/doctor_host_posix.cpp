// Looks the facts up.
#include "config/automatic_hypervisor.hpp"
#include "gangway/doctor_host.hpp"
#include "gangway/program_output.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace gangway {
namespace {

namespace fs = std::filesystem;

constexpr const char* kvm_device = "/dev/kvm";

program_facts look_for(const std::string& name)
{
    return {name, find_program(name)};
}

std::string user_name()
{
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
    const auto* const entry = ::getpwuid(::geteuid());
    return entry ? entry->pw_name : std::to_string(::geteuid());
}

bool has_membership(gid_t group)
{
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
    const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    groups.resize(static_cast<std::size_t>(std::max(count, 0)));
    return ::getegid() == group || std::ranges::count(groups, group) > 0;
}

bool is_listed(const group& entry, const std::string& user)
{
    for (char** member = entry.gr_mem; *member; ++member)
        if (user == *member) return true;
    return false;
}

kvm_facts look_at_kvm(config::acceleration wanted)
{
    kvm_facts facts;
    facts.wanted = wanted;
    facts.user = user_name();

    struct stat status {};

    if (::stat(kvm_device, &status) != 0) return facts;
    facts.exists = true;
    const int device = ::open(kvm_device, O_RDWR | O_CLOEXEC);
    facts.opens = device >= 0;
    if (facts.opens) {
        ::close(device);
        return facts;
    }
    const int error = errno;
    facts.why_not = std::generic_category().message(error);
    facts.refused = error == EACCES;
    facts.group_may = (status.st_mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP);
    facts.has_membership = has_membership(status.st_gid);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread
    if (const auto* const entry = ::getgrgid(status.st_gid)) {
        facts.group = entry->gr_name;
        facts.user_is_member = is_listed(*entry, facts.user);
    }
    return facts;
}

// Connects to the system's libvirt daemon, as libvirt does, and says nothing.
std::optional<std::string> obstacle_to_system_libvirt()
{
    std::string obstacle = "there is no socket";
    for (const std::string path : {"/run/libvirt/virtqemud-sock", "/run/libvirt/libvirt-sock"}) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        const int probe = ::socket(AF_UNIX, SOCK_STREAM, 0);
        if (probe < 0) return std::generic_category().message(errno);
        const int result =
            // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as the call wants it
            ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        const int error = errno;
        ::close(probe);
        if (result == 0) return std::nullopt;
        if (error != ENOENT) obstacle = path + ": " + std::generic_category().message(error);
    }
    return obstacle;
}

libvirt_facts look_at_libvirt(const std::string& uri)
{
    libvirt_facts facts;
    facts.uri = uri;
    facts.daemons = {look_for("libvirtd"), look_for("virtqemud")};
    facts.root = ::geteuid() == 0;
    facts.user = user_name();
    facts.by_system = uri.starts_with("qemu:///system") || facts.root;
    if (facts.by_system) facts.system_obstacle = obstacle_to_system_libvirt();
    return facts;
}

// Of a file with holes: what it has. 0: there is none.
std::uint64_t bytes_taken(const fs::path& file)
{
    struct stat status {};

    if (::stat(file.c_str(), &status) != 0) return 0;
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

// Itself or the one above it that there is already.
fs::path existing_directory(fs::path directory)
{
    std::error_code unknown;
    while (!fs::exists(directory, unknown) && directory.has_relative_path())
        directory = directory.parent_path();
    return directory;
}

space_facts look_at_space(const config::settings& settings)
{
    space_facts facts;
    facts.directory = settings.state_dir;
    facts.memory = settings.vm.memory.bytes;
    const auto disk = settings.state_dir / "disk.img";
    std::error_code error;
    // One that was grown by command is larger than the setting.
    const auto grown = fs::file_size(disk, error);
    const auto limit =
        error ? settings.vm.disk.bytes : std::max<std::uint64_t>(settings.vm.disk.bytes, grown);
    facts.disk_may_take = limit - std::min(limit, bytes_taken(disk));
    const auto space = fs::space(existing_directory(settings.state_dir), error);
    if (!error) facts.free = space.available;
    return facts;
}

}  // namespace

findings host_findings(const config::settings& settings)
{
    findings all;
    if (config::hypervisor_to_use(settings.vm) == config::hypervisor_choice::virtualbox) {
        all.push_back(judge_virtualbox(look_at_virtualbox(settings)));
    } else {
        all.push_back(judge_kvm(look_at_kvm(settings.vm.accelerate)));
        all.push_back(judge_qemu(look_for("qemu-system-x86_64")));
        all.push_back(judge_libvirt(look_at_libvirt(settings.vm.libvirt_uri)));
    }
    all.push_back(judge_disk_tools(
        {look_for("mke2fs"), look_for("e2fsck"), look_for("debugfs"), look_for("resize2fs")}
    ));
    all.push_back(judge_ssh(look_for("ssh"), look_for("scp"), look_for("ssh-keygen")));
    all.push_back(judge_space(look_at_space(settings)));
    return all;
}

}  // namespace gangway
