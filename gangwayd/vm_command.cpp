// The table.
#include "gangwayd/vm_command.hpp"

#include "config/remote_file.hpp"
#include "config/units.hpp"
#include "proxy/query_text.hpp"

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

using start = vm_command::start;

struct plain_command {
    std::string_view request;
    std::string_view words;
    start starts;
    boost::asio::awaitable<void> (*carry_out)(supervisor& vm, requester who);
};

constexpr auto commands = std::to_array<plain_command>({
    {"POST /v1/up",
     "gangway up",
     start::any,
     [](supervisor& vm, requester who) { return vm.up(std::move(who)); }},
    {"POST /v1/down",
     "gangway down",
     start::none,
     [](supervisor& vm, requester who) { return vm.down(std::move(who)); }},
    {"POST /v1/restart",
     "gangway restart",
     start::afresh,
     [](supervisor& vm, requester who) { return vm.restart(std::move(who)); }},
    {"POST /v1/poweroff",
     "gangway poweroff",
     start::none,
     [](supervisor& vm, requester who) { return vm.power_off(std::move(who)); }},
    {"POST /v1/reset",
     "gangway reset",
     start::afresh,
     [](supervisor& vm, requester who) { return vm.reset(std::move(who)); }},
    {"POST /v1/delete",
     "gangway delete",
     start::none,
     [](supervisor& vm, requester who) { return vm.remove(std::move(who), false); }},
    {"POST /v1/delete?keep_data=1",
     "gangway delete",
     start::none,
     [](supervisor& vm, requester who) { return vm.remove(std::move(who), true); }},
    {"POST /v1/sleep/pause", "gangway sleep", start::none, sleep<vmctl::sleep_depth::paused>},
    {"POST /v1/sleep/save", "gangway sleep", start::none, sleep<vmctl::sleep_depth::saved>},
    {"POST /v1/sleep/off", "gangway sleep", start::none, sleep<vmctl::sleep_depth::off>},
    {"POST /v1/image/upgrade",
     "gangway upgrade",
     start::afresh,
     [](supervisor& vm, requester who) { return vm.upgrade(std::move(who)); }},
});

constexpr std::string_view grow = "POST /v1/disk/grow?size=";
constexpr std::string_view download = "POST /v1/image/download?";

std::optional<vm_command> grow_command(std::string_view size_text)
{
    const auto size = config::parse_byte_size(size_text);
    if (!size || *size < config::smallest_disk || *size > config::largest_disk) return std::nullopt;
    return vm_command{
        "gangway disk grow", start::any, false, [size = *size](supervisor& vm, requester who) {
            return vm.grow_disk(std::move(who), size);
        }};
}

// Whoever may use the control socket may read what the daemon may, so any file will do.
std::optional<vm_command> download_command(std::string_view query)
{
    vmctl::image_source source{
        proxy::query_value(query, "source").value_or(""),
        proxy::query_value(query, "sha256").value_or("")};
    const bool is_pinned = config::is_sha256(source.sha256);
    if (!is_pinned && (config::is_url(source.place) || !source.sha256.empty())) return std::nullopt;
    if (!config::is_url(source.place) && !source.place.starts_with('/')) return std::nullopt;
    return vm_command{
        "gangway download", start::none, true, [source](supervisor& vm, requester who) {
            return vm.take_in_image(std::move(who), source);
        }};
}

}  // namespace

std::optional<vm_command> find_vm_command(std::string_view request)
{
    if (request.starts_with(grow)) return grow_command(request.substr(grow.size()));
    if (request.starts_with(download)) return download_command(request.substr(download.size()));
    const auto* const found = std::ranges::find(commands, request, &plain_command::request);
    if (found == commands.end()) return std::nullopt;
    return vm_command{found->words, found->starts, false, found->carry_out};
}
