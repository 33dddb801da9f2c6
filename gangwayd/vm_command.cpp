// The table.
#include "gangwayd/vm_command.hpp"

#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace {

using vmctl::requester;
using vmctl::supervisor;

template <vmctl::sleep_depth depth>
boost::asio::awaitable<void> sleep(supervisor& vm, requester who)
{
    return vm.sleep(std::move(who), depth);
}

struct plain_command {
    std::string_view request;
    std::string_view words;
    boost::asio::awaitable<void> (*carry_out)(supervisor& vm, requester who);
};

constexpr auto commands = std::to_array<plain_command>({
    {"POST /v1/up",
     "gangway up",
     [](supervisor& vm, requester who) { return vm.up(std::move(who)); }},
    {"POST /v1/down",
     "gangway down",
     [](supervisor& vm, requester who) { return vm.down(std::move(who)); }},
    {"POST /v1/restart",
     "gangway restart",
     [](supervisor& vm, requester who) { return vm.restart(std::move(who)); }},
    {"POST /v1/poweroff",
     "gangway poweroff",
     [](supervisor& vm, requester who) { return vm.power_off(std::move(who)); }},
    {"POST /v1/reset",
     "gangway reset",
     [](supervisor& vm, requester who) { return vm.reset(std::move(who)); }},
    {"POST /v1/delete",
     "gangway delete",
     [](supervisor& vm, requester who) { return vm.remove(std::move(who), false); }},
    {"POST /v1/delete?keep_data=1",
     "gangway delete",
     [](supervisor& vm, requester who) { return vm.remove(std::move(who), true); }},
    {"POST /v1/sleep/pause", "gangway sleep", sleep<vmctl::sleep_depth::paused>},
    {"POST /v1/sleep/save", "gangway sleep", sleep<vmctl::sleep_depth::saved>},
    {"POST /v1/sleep/off", "gangway sleep", sleep<vmctl::sleep_depth::off>},
});

constexpr std::string_view grow = "POST /v1/disk/grow?size=";

}  // namespace

std::optional<vm_command> find_vm_command(std::string_view request)
{
    if (request.starts_with(grow)) {
        const auto size = config::parse_byte_size(request.substr(grow.size()));
        if (!size || *size < config::smallest_disk || *size > config::largest_disk)
            return std::nullopt;
        return vm_command{"gangway disk grow", [size = *size](supervisor& vm, requester who) {
                              return vm.grow_disk(std::move(who), size);
                          }};
    }
    const auto* const found = std::ranges::find(commands, request, &plain_command::request);
    if (found == commands.end()) return std::nullopt;
    return vm_command{found->words, found->carry_out};
}
