// The table: which VM is booted for a new image.
#include "vmctl/image_policy.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;
using namespace std::chrono_literals;

TEST_CASE("a VM is booted for a new image when nobody loses by it")
{
    using enum vm_state;

    struct row {
        vm_state state;
        off_by why;
        std::optional<std::size_t> containers;
        bool boots;
    };

    const std::vector<row> table = {
        {absent, off_by::nobody, std::nullopt, true},
        {absent, off_by::idleness, std::nullopt, true},
        {absent, off_by::user, std::nullopt, false},
        {saved, off_by::nobody, 0, true},
        {saved, off_by::nobody, std::nullopt, true},
        {saved, off_by::nobody, 1, false},
        {stopped, off_by::idleness, std::nullopt, true},
        {stopped, off_by::nobody, std::nullopt, false},
        {stopped, off_by::user, std::nullopt, false},
        {booting, off_by::nobody, 0, false},
        {ready, off_by::nobody, 0, false},
        {dozing, off_by::nobody, 0, false},
        {paused, off_by::nobody, 0, false},
        {waking, off_by::nobody, 0, false},
        {stopping, off_by::idleness, 0, false},
        {failed, off_by::idleness, 0, false},
    };
    config::sleep_settings settings;
    settings.save_after = 30min;
    config::sleep_settings never = settings;
    never.save_after = 0s;
    for (const auto& [state, why, containers, boots] : table) {
        CAPTURE(to_string(state), static_cast<int>(why));
        CHECK(boots_for_new_image(state, why, containers, settings) == boots);
        CHECK_FALSE(boots_for_new_image(state, why, containers, never));
    }
}
