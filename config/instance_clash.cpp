// Who is where, by place.
#include "config/instance_clash.hpp"

#include "config/document.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace config {
namespace {

// One instance's use of a place.
struct use {
    std::string instance;
    std::string setting;
    std::string source;    // of the value, in the file; empty: a default
    bool derived = false;  // from another setting, which is to be mended
};

using uses_by_place = std::map<std::string, std::vector<use>>;

std::string source_in(const loaded& configuration, std::string_view setting)
{
    const auto origin = configuration.origins.find(setting);
    if (origin == configuration.origins.end() || origin->second == "default") return {};
    return origin->second;
}

// Two spellings of one place are the same.
std::string text_of(const local_endpoint& endpoint)
{
    if (const auto* const socket = std::get_if<unix_endpoint>(&endpoint))
        return to_string(local_endpoint(unix_endpoint{socket->path.lexically_normal()}));
    return to_string(endpoint);
}

// A socket that is named on the command line is not the file's concern: `gangway --control` names
// that of any daemon.
bool is_flag(std::string_view source)
{
    return source.starts_with("--");
}

void add_sockets(uses_by_place& sockets, const loaded& each)
{
    const auto& values = each.values;
    const auto listen_source = source_in(each, "docker.listen");
    const auto add = [&](const std::string& place, use one) {
        if (!is_flag(one.source)) sockets[place].push_back(std::move(one));
    };
    const auto& name = values.instance;
    for (const auto& endpoint : values.docker.listen) {
        if (const auto* const socket = std::get_if<unix_endpoint>(&endpoint))
            add(text_of(*socket), {name, "docker.listen", listen_source});
        if (const auto* const pipe = std::get_if<pipe_endpoint>(&endpoint))
            add(text_of(*pipe), {name, "docker.listen", listen_source});
    }
    // By default it is beside the Docker socket.
    const auto own_source = source_in(each, "control.listen");
    const bool derived = own_source.empty();
    add(text_of(values.control.listen),
        {name, "control.listen", derived ? listen_source : own_source, derived});
}

std::set<std::string> names_of(const std::vector<use>& uses)
{
    std::set<std::string> names;
    for (const auto& each : uses) names.insert(each.instance);
    return names;
}

std::string list_of(const std::set<std::string>& names)
{
    std::string list;
    std::size_t left = names.size();
    for (const auto& name : names) {
        list += in_quotes(name);
        if (--left > 0) list += left == 1 ? " and " : ", ";
    }
    return list;
}

problem clash_at(const std::string& place, const std::vector<use>& uses)
{
    // The last that the file speaks of is where it is most easily mended.
    const auto spoken_of = std::find_if(uses.rbegin(), uses.rend(), [](const use& each) {
        return !each.source.empty();
    });
    const auto& shown = spoken_of == uses.rend() ? uses.back() : *spoken_of;
    return {
        shown.source,
        shown.setting,
        "is " + in_quotes(place) + " for the instances " + list_of(names_of(uses)) +
            "; each needs its own: set it in \"instances\", or leave it out"};
}

void find_clashes(const uses_by_place& places, std::vector<problem>& found)
{
    std::vector<std::set<std::string>> told;
    // What follows from a clash that is told needs no words of its own.
    const auto follows = [&told](const std::vector<use>& uses) {
        return std::ranges::all_of(uses, &use::derived) &&
               std::ranges::find(told, names_of(uses)) != told.end();
    };
    for (const bool derived : {false, true})
        for (const auto& [place, uses] : places) {
            const bool clash = names_of(uses).size() > 1;
            if (!clash || std::ranges::all_of(uses, &use::derived) != derived || follows(uses))
                continue;
            found.push_back(clash_at(place, uses));
            told.push_back(names_of(uses));
        }
}

}  // namespace

std::vector<problem> clashes_between(const std::vector<loaded>& instances)
{
    uses_by_place directories;
    uses_by_place sockets;
    std::vector<const loaded*> by_name;
    by_name.reserve(instances.size());
    for (const auto& each : instances) by_name.push_back(&each);
    std::ranges::sort(by_name, {}, [](const loaded* each) { return each->values.instance; });
    for (const auto* const one : by_name) {
        const auto& each = *one;
        directories[each.values.state_dir.lexically_normal().string()].push_back(
            {each.values.instance, "state_dir", source_in(each, "state_dir")}
        );
        add_sockets(sockets, each);
    }
    std::vector<problem> found;
    find_clashes(directories, found);
    find_clashes(sockets, found);
    return found;
}

}  // namespace config
