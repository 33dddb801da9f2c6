// One program in the guest (appliance/root/usr/lib/gangway/configure), and the record of it.
#include "vmctl/settings_catch_up.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>

namespace vmctl {
namespace {

// dockerd reads them once beforehand, emulated on a busy machine.
constexpr std::chrono::seconds configure_patience{60};

std::string joined(const std::vector<std::string>& words)
{
    std::string all;
    for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
    return all;
}

void have_taken_over(hypervisor& host, const std::string& daemon_json)
{
    const auto result =
        host.run_in_guest({"/usr/lib/gangway/configure", daemon_json}, configure_patience, {});
    if (result.status != 0)
        throw describe(
            hypervisor_problem::refused,
            "give the engine its settings",
            result.output.substr(0, result.output.find('\n'))
        );
}

}  // namespace

std::vector<std::string> catch_up_with_settings(
    hypervisor& host,
    const std::filesystem::path& state_dir,
    const config::engine_settings& settings
)
{
    guest_settings wanted;
    try {
        wanted = guest_settings_of(settings);
    } catch (const storage_error& error) {
        // The VM is as good as it was.
        spdlog::error("{}", error.what());
        return {"engine.certificates"};
    }
    auto has = recorded_settings(state_dir);
    auto gap = gap_between(has, wanted);
    if (!gap.taken_over.empty()) {
        try {
            have_taken_over(host, gap.daemon_json);
            has.daemon_json = gap.daemon_json;
            record_settings(state_dir, has);
            spdlog::info("the engine takes over {} as it runs", joined(gap.taken_over));
        } catch (const std::exception& error) {  // of the record, too: then they are given again
            spdlog::error("{}", error.what());
            gap.restart_for.insert(
                gap.restart_for.begin(), gap.taken_over.begin(), gap.taken_over.end()
            );
        }
    }
    if (!gap.restart_for.empty())
        spdlog::warn(
            "the VM was started before {} changed; `gangway restart` brings that into force",
            joined(gap.restart_for)
        );
    return gap.restart_for;
}

}  // namespace vmctl
