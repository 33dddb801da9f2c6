// Keys for ssh, made and checked by ssh-keygen.
#include "vmctl/ssh_keys.hpp"

#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"

#include <system_error>

namespace vmctl {
namespace {

using std::filesystem::path;

std::string without_trailing_space(std::string text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

// "ssh-ed25519 AAAA…" of a private key file; empty when the file is missing, damaged, or asks for a
// passphrase.
std::string public_half(const path& key)
{
    std::error_code error;
    if (!std::filesystem::exists(key, error) && !error) return {};
    // ssh-keygen refuses a key that others may read; it is ours, so close it instead.
    std::filesystem::permissions(
        key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error
    );
    const auto result = run_tool({"ssh-keygen", {"-y", "-P", "", "-f", key.string()}, {}, -1});
    if (result.exit_code != 0 || !result.output.starts_with("ssh-ed25519 ")) return {};
    return without_trailing_space(result.output);
}

void generate(const path& key, const std::string& comment)
{
    const auto partial = partial_name(key);
    const auto partial_public = path(partial.string() + ".pub");
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    const tool_call call = {
        "ssh-keygen",
        {"-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", partial.string()},
        {},
        -1};
    const auto result = run_tool(call);
    if (result.exit_code == 0) write_file(key, read_file(partial), 0600);
    std::filesystem::remove(partial, ignored);
    std::filesystem::remove(partial_public, ignored);
    if (result.exit_code != 0)
        throw storage_error(
            "cannot make the ssh key " + key.string() + ": " + failure_of(call, result)
        );
}

bool holds(const path& file, const std::string& content)
{
    std::error_code error;
    return std::filesystem::exists(file, error) && read_file(file) == content;
}

// True: the file was not as it should be.
bool keep_current(const path& file, const std::string& content)
{
    if (holds(file, content)) return false;
    write_file(file, content, 0644);
    return true;
}

struct kept_key {
    std::string public_half;
    bool changed = false;
};

kept_key ensure_key(const path& key, const std::string& comment)
{
    kept_key result;
    result.public_half = public_half(key);
    if (result.public_half.empty()) {
        generate(key, comment);
        result.public_half = public_half(key);
        result.changed = true;
    }
    if (keep_current(key.string() + ".pub", result.public_half + '\n')) result.changed = true;
    return result;
}

}  // namespace

ssh_files ssh_files_in(const path& directory, std::string_view instance)
{
    return {
        directory / "id_ed25519",
        directory / "ssh_host_ed25519_key",
        directory / "known_hosts",
        "gangway-" + std::string(instance),
    };
}

bool ensure_ssh_keys(const path& directory, std::string_view instance)
{
    make_private_directory(directory);
    const directory_lock lock(directory);
    const auto files = ssh_files_in(directory, instance);
    const auto user = ensure_key(files.key, files.host_key_alias);
    const auto host = ensure_key(files.host_key, files.host_key_alias);
    keep_current(files.known_hosts, files.host_key_alias + " " + host.public_half + '\n');
    return user.changed || host.changed;
}

}  // namespace vmctl
