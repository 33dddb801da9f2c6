// Leases on an engine that is simply there.
#include "gangwayd/fixed_engine.hpp"

#include "proxy/ssh_arguments.hpp"

#include <filesystem>
#include <stdexcept>
#include <utility>
#include <variant>

namespace {

config::tls_files files_in(const std::filesystem::path& directory)
{
    config::tls_files files{
        directory / "ca.pem", directory / "cert.pem", directory / "key.pem", {}};
    for (const auto* file : {&files.ca, &files.certificate, &files.key}) {
        std::error_code failed;
        if (!std::filesystem::exists(*file, failed)) {
            throw std::runtime_error(
                "the TLS directory " + directory.string() + " lacks " + file->filename().string() +
                "; it needs ca.pem, cert.pem and key.pem"
            );
        }
    }
    return files;
}

}  // namespace

fixed_engine::fixed_engine(
    const config::remote_engine_settings& settings, const std::vector<config::share>& shares
)
{
    vmctl::engine_address address{settings.endpoint, std::nullopt};
    if (settings.tls_dir) address.tls = files_in(*settings.tls_dir);
    if (!shares.empty()) address.shares = shares;
    address_ = std::make_shared<const vmctl::engine_address>(std::move(address));
}

std::optional<vmctl::lease> fixed_engine::acquire_now(vmctl::activity)
{
    return vmctl::lease(address_, nullptr);
}

boost::asio::awaitable<vmctl::lease> fixed_engine::acquire(vmctl::requester, vmctl::activity)
{
    co_return vmctl::lease(address_, nullptr);
}

std::string fixed_engine::advice() const
{
    if (const auto* remote = std::get_if<config::ssh_endpoint>(&address_->endpoint)) {
        return "`" + proxy::ssh_by_hand(*remote) +
               "`, by the user that gangwayd runs as, shows the same without Gangway";
    }
    return "check that it runs, and that --engine and --tls-dir belong to it";
}
