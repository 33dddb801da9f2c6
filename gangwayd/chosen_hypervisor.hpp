// Which hypervisor the settings want, with what stands before it.
#pragma once

#include "config/settings.hpp"
#include "vmctl/hypervisor.hpp"

#include <filesystem>
#include <functional>
#include <memory>

// Throws hypervisor_error when no hypervisor of this build can do what the settings want, or when
// the VM is another one's yet (let_go_of_former). Contacts none otherwise.
std::unique_ptr<vmctl::hypervisor> chosen_hypervisor(const config::settings& settings);

using hypervisor_maker =
    std::function<std::unique_ptr<vmctl::hypervisor>(config::hypervisor_choice)>;

// Of a data disk that one hypervisor's VM has in use, or has in mind in memory that was saved,
// another's VM would make rubbish. So it is kept, in the file `hypervisor` of the state directory,
// which one had the disk last; without the file it is the one that this build takes by itself. When
// that changes, the former one is asked: throws `taken` if its VM runs or is saved. Blocking then.
void let_go_of_former(
    const std::filesystem::path& state_dir,
    config::hypervisor_choice wanted,
    const hypervisor_maker& make
);
