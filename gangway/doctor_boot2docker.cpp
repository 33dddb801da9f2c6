// What was taken out of the ISO, or else the ISO.
#include "gangway/doctor_boot2docker.hpp"

#include "config/remote_file.hpp"
#include "gangway/sha256.hpp"

#include <system_error>

namespace gangway {
finding judge_boot2docker(const boot2docker_facts& facts)
{
    const auto wrong = [&](const std::string& found, const char* advice) {
        return finding{"image", verdict::wrong, found, advice};
    };
    if (facts.taken_out)
        return {"image", verdict::ok, "boot2docker, taken out of " + facts.iso, {}};
    if (config::is_url(facts.iso))
        return {"image", verdict::ok, "boot2docker, to be downloaded from " + facts.iso, {}};
    if (!facts.exists)
        return wrong(
            "there is no " + facts.iso,
            "get the ISO, or correct vm.boot2docker.iso, or leave it out"
        );
    if (!facts.sha256) return wrong(facts.iso + " cannot be read", "let its user read it");
    if (*facts.sha256 != facts.wanted_sha256)
        return wrong(
            facts.iso + " has the sha256 " + *facts.sha256,
            "get the right ISO, or correct vm.boot2docker.sha256"
        );
    return {"image", verdict::ok, facts.iso + " is the boot2docker that is asked for", {}};
}

boot2docker_facts look_at_boot2docker(
    const config::boot2docker_settings& settings, const std::filesystem::path& state_dir
)
{
    boot2docker_facts facts;
    facts.iso = settings.iso;
    facts.wanted_sha256 = settings.sha256;
    std::error_code unknown;
    facts.taken_out = std::filesystem::exists(
        state_dir / "boot2docker" / settings.sha256 / "isolinux.cfg", unknown
    );
    if (facts.taken_out || config::is_url(settings.iso)) return facts;
    facts.exists = std::filesystem::is_regular_file(settings.iso, unknown);
    if (facts.exists) facts.sha256 = sha256_of_file(settings.iso);
    return facts;
}

}  // namespace gangway
