// Keeps the certificate files of an instance complete, fitting and fresh; what is in them is
// certificate.hpp's business.
#include "vmctl/pki.hpp"

#include "vmctl/certificate.hpp"
#include "vmctl/private_file.hpp"

#include <optional>
#include <system_error>

namespace vmctl {
namespace {

using std::filesystem::path;

// The files of a credential as they are; what is missing is empty and so counts as damaged. What is
// there but cannot be read is an error: to replace it could take away what someone still needs.
credential load(const path& certificate, const path& key)
{
    const auto text_of = [](const path& file) {
        std::error_code error;
        return std::filesystem::exists(file, error) || error ? read_file(file) : std::string();
    };
    return {text_of(certificate), text_of(key)};
}

// The key first: a crash in between leaves a pair that does not fit, which is issued again.
void store(const credential& issued, const path& certificate, const path& key)
{
    write_file(key, issued.key, 0600);
    write_file(certificate, issued.certificate, 0644);
}

// A key that was copied here by hand may have been left readable by others.
void close_to_others(const path& key)
{
    using std::filesystem::perms;
    std::error_code error;
    const auto mode = std::filesystem::status(key, error).permissions();
    if (error || (mode & (perms::group_all | perms::others_all)) == perms::none) return;
    std::filesystem::permissions(key, perms::owner_read | perms::owner_write, error);
    if (error)
        throw storage_error(
            "the private key " + key.string() + " can be read by other users; make it mode 0600"
        );
}

void append_reason(std::string& why, const path& certificate, const std::string& flaw)
{
    if (!why.empty()) why += ", ";
    why += certificate.filename().string() + " " + flaw;
}

}  // namespace

pki_files pki_files_in(const path& directory)
{
    return {
        directory / "ca.pem",
        directory / "ca-key.pem",
        directory / "server.pem",
        directory / "server-key.pem",
        directory / "cert.pem",
        directory / "key.pem",
    };
}

pki_change ensure_pki(
    const path& directory, std::chrono::system_clock::time_point now, pki_scope scope
)
{
    make_private_directory(directory);
    const directory_lock lock(directory);
    const auto files = pki_files_in(directory);
    pki_change change;

    const bool is_new = !std::filesystem::exists(files.ca);
    auto authority = load(files.ca, files.ca_key);
    const auto authority_flaw = flaw_of_authority(authority, now);
    if (authority_flaw && scope == pki_scope::everything) {
        authority = issue_authority(now);
        store(authority, files.ca, files.ca_key);
        change.authority = true;
        append_reason(change.why, files.ca, *authority_flaw);
    }

    const auto server = load(files.server, files.server_key);
    const auto server_flaw = flaw_of_leaf(server, authority.certificate, leaf_role::engine, now);
    if (server_flaw && scope == pki_scope::everything) {
        store(issue_leaf(authority, leaf_role::engine, now), files.server, files.server_key);
        change.server = true;
        append_reason(change.why, files.server, *server_flaw);
    }

    const auto client = load(files.client, files.client_key);
    const auto client_flaw = flaw_of_leaf(client, authority.certificate, leaf_role::client, now);
    if (client_flaw) {
        if (scope == pki_scope::client_only && authority.key.empty())
            throw storage_error(
                "the client certificate " + files.client.string() + " " + *client_flaw + " and " +
                files.ca_key.string() + " is missing: restart the VM to make new certificates"
            );
        store(issue_leaf(authority, leaf_role::client, now), files.client, files.client_key);
        change.client = true;
        append_reason(change.why, files.client, *client_flaw);
    }

    for (const auto& key : {files.ca_key, files.server_key, files.client_key}) close_to_others(key);
    if (is_new && change.authority) change.why = "no certificates yet";
    return change;
}

config::tls_files client_identity(const path& directory)
{
    const auto files = pki_files_in(directory);
    return {files.ca, files.client, files.client_key, engine_name};
}

}  // namespace vmctl
