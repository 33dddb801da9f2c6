// The order in which an instance's files are made ready, and which of them the guest gets.
#include "vmctl/guest_files.hpp"

#include "vmctl/boot2docker_image.hpp"
#include "vmctl/grown_disk.hpp"
#include "vmctl/guest_seed.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/share_list.hpp"
#include "vmctl/storage_error.hpp"

#include <system_error>
#include <vector>

namespace vmctl {

using std::filesystem::path;

path data_disk_in(const path& state_dir)
{
    return state_dir / "disk.img";
}

path pki_directory_in(const path& state_dir)
{
    return state_dir / "pki";
}

path ssh_directory_in(const path& state_dir)
{
    return state_dir / "ssh";
}

void delete_guest_files(const path& state_dir)
{
    std::error_code error;
    // Whoever has put the disk elsewhere wants that space back. Keys are small, and a directory
    // that others share is none of ours.
    const auto elsewhere = std::filesystem::canonical(data_disk_in(state_dir), error);
    if (error && error != std::errc::no_such_file_or_directory)
        throw storage_error(data_disk_in(state_dir).string() + ": " + error.message());
    std::vector<path> all{
        data_disk_in(state_dir),
        disk_size_record_in(state_dir),
        settings_record_in(state_dir),
        boot2docker_directory_in(state_dir),
        pki_directory_in(state_dir),
        ssh_directory_in(state_dir)};
    if (!error) all.insert(all.begin(), elsewhere);
    for (const auto& each : all) {
        std::filesystem::remove_all(each, error);
        if (error) throw storage_error(each.string() + " cannot be deleted: " + error.message());
    }
}

guest_files_change prepare_guest_files(
    const path& state_dir,
    std::string_view instance,
    config::byte_size disk_size,
    const std::vector<config::share>& shares,
    const guest_settings& settings,
    std::chrono::system_clock::time_point now,
    guest_kind kind
)
{
    make_private_directory(state_dir);
    guest_files_change change;
    change.pki = ensure_pki(pki_directory_in(state_dir), now);
    change.ssh_keys = ensure_ssh_keys(ssh_directory_in(state_dir), instance);

    const auto pki = pki_files_in(pki_directory_in(state_dir));
    const auto ssh = ssh_files_in(ssh_directory_in(state_dir), instance);
    guest_identity identity;
    identity.instance = instance;
    identity.ca = read_file(pki.ca);
    identity.server_certificate = read_file(pki.server);
    identity.server_key = read_file(pki.server_key);
    identity.ssh_host_key = read_file(ssh.host_key);
    identity.ssh_public_host_key = read_file(ssh.public_host_key());
    identity.authorized_key = read_file(ssh.public_key());
    identity.mount_table = mount_table(shares, aliases_of(shares));
    identity.settings = settings;
    identity.is_boot2docker = kind == guest_kind::boot2docker;
    change.disk = ensure_data_disk(data_disk_in(state_dir), disk_size, guest_seed(identity));
    record_settings(state_dir, settings);
    return change;
}

}  // namespace vmctl
