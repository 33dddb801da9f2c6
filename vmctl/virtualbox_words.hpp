// What VBoxManage prints, as values. Pure. Its formats are those of VirtualBox's own source
// (src/VBox/Frontends/VBoxManage/VBoxManageInfo.cpp and VBoxManageMisc.cpp), versions 5 to 7.
#pragma once

#include "vmctl/user_network.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmctl {

enum class virtualbox_state {
    off,     // "poweroff"
    killed,  // off, too: its process ended without switching it off ("aborted")
    saved,   // also when its restoring was cut short
    running,
    paused,
    stuck,  // its processors met what VirtualBox cannot run on from ("guru meditation")
    other,  // on its way from one to another; its power is on
};

// Of what `showvminfo --machinereadable` calls it. A state that we do not know counts as `other`.
virtualbox_state state_called(std::string_view name);

bool has_power(virtualbox_state state);

// A rule by which a port of 127.0.0.1 leads into the VM, under the name that it has there.
struct virtualbox_rule {
    std::string name;
    port_forward leads;
    bool operator==(const virtualbox_rule&) const = default;
};

struct virtualbox_machine {
    virtualbox_state state = virtualbox_state::other;
    std::vector<virtualbox_rule> rules;
    bool operator==(const virtualbox_machine&) const = default;
};

// From `showvminfo --machinereadable`: lines NAME="VALUE", of which `VMState` and `Forwarding(N)`
// ("name,tcp,127.0.0.1,40123,10.0.2.15,2376") count. Rules of another kind are left out. Nothing:
// it tells no state.
std::optional<virtualbox_machine> parse_machine(std::string_view text);

// From `getextradata VM enumerate`: lines "Key: NAME, Value: TEXT".
std::map<std::string, std::string> parse_extra_data(std::string_view text);

// Its own words of a failure, in one line: what follows "error: " on standard error, without the
// lines that tell a programmer where ("Details:", "Context:"). Empty: it complains of nothing.
std::string complaint_in(std::string_view errors);

// The code of that failure ("VBOX_E_OBJECT_NOT_FOUND"), which is the same in every language.
// Nothing: it gives none.
std::optional<std::string> code_in(std::string_view errors);

inline constexpr std::string_view virtualbox_knows_no_such_vm = "VBOX_E_OBJECT_NOT_FOUND";
// As while another program changes the VM, or its process is just ending.
inline constexpr std::string_view virtualbox_is_busy_with_it = "VBOX_E_INVALID_OBJECT_STATE";

}  // namespace vmctl
