// The rules in their order.
#include "proxy/bind_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace proxy {
namespace {

// Of /run this is this machine's: sockets of the session, which no share can carry.
constexpr auto users = std::to_array<std::string_view>({"/run/user", "/var/run/user"});

constexpr auto usual_sockets = std::to_array<std::string_view>({engine_socket, "/run/docker.sock"});

bool is_within_one(const auto& tops, std::string_view path)
{
    return std::ranges::any_of(tops, [&](auto top) { return config::is_within(path, top); });
}

}  // namespace

bool is_usual_docker_socket(std::string_view path)
{
    return std::ranges::find(usual_sockets, path) != usual_sockets.end();
}

bool means_the_engines_machine(std::string_view path)
{
    return config::engines_directory(path) && !is_within_one(users, path);
}

bind_rules::bind_rules(
    std::vector<config::share> shares,
    std::vector<std::string> docker_sockets,
    resolver resolve,
    config::path_dialect dialect,
    std::vector<config::host_alias> aliases
)
    : shares_(std::move(shares)),
      docker_sockets_(std::move(docker_sockets)),
      resolve_(std::move(resolve)),
      dialect_(dialect),
      aliases_(std::move(aliases))
{
}

std::string bind_rules::translate(const std::string& source) const
{
    if (dialect_ == config::path_dialect::windows) return translate_windows(source);
    if (!source.starts_with('/')) return source;
    const auto written = config::normal(source).string();
    const auto path = config::usual_name(written, aliases_);
    const bool machines =
        means_the_engines_machine(path) || (path == "/" && share_of(path) == nullptr);
    const bool usual = is_usual_docker_socket(path);
    // Not looked at: a file system of that name here says nothing of the one there.
    if (machines && !usual && std::ranges::find(docker_sockets_, path) == docker_sockets_.end())
        return path == written ? source : path;
    const auto real = usual ? path : resolve_(written);
    if (usual || is_docker_socket(written, real))
        return written == engine_socket ? source : std::string(engine_socket);
    const auto* const target = share_of(real);
    if (target != nullptr) {
        // The engine follows links by its own paths, which only lead there if none is elsewhere.
        const auto* const named = share_of(written);
        const bool follows =
            named != nullptr && named->elsewhere.empty() && target->elsewhere.empty();
        return follows ? source : for_the_engine(real);
    }
    return through_links(source, written, real);
}

// Where `real` lies in no share by its own name: a share's path may lead there itself. The guest
// then has the share at both places, if it can (vmctl/share_list, aliases_of).
std::string bind_rules::through_links(
    const std::string& source, const std::string& written, const std::string& real
) const
{
    const auto [share, top] = share_behind_links(real);
    if (share == nullptr) throw path_not_shared(refusal(source, real));
    const bool at_both = share->elsewhere.empty() && config::can_be_at_its_place(top);
    const auto* const named = share_of(written);
    const bool leads_there = named != nullptr ? named->elsewhere.empty() : is_within(written, top);
    if (at_both && leads_there) return source;
    return share->in_guest().string() + (top == "/" ? real : real.substr(top.size()));
}

std::string bind_rules::restore(const std::string& told) const
{
    const config::share* innermost = nullptr;
    for (const auto& share : shares_) {
        const auto there = share.elsewhere.string();
        const bool begins =
            !there.empty() && told.starts_with(there) &&
            (told.size() == there.size() || told[there.size()] == '/' || told[there.size()] == ':');
        if (begins && (!innermost || there.size() > innermost->elsewhere.native().size()))
            innermost = &share;
    }
    if (innermost == nullptr) return told;
    const auto there = innermost->elsewhere.string();
    const auto here = innermost->path.string();
    if (dialect_ == config::path_dialect::windows) return config::host_form(told, there, here);
    const auto rest = told.substr(there.size());
    return here == "/" && rest.starts_with('/') ? rest : here + rest;
}

bool bind_rules::is_writable(const std::string& path) const
{
    const auto plain = dialect_ == config::path_dialect::windows
                           ? config::read_windows_path(path).text
                           : config::normal(path).string();
    const auto* share = share_of(plain);
    if (share == nullptr && plain.starts_with('/'))
        share = share_behind_links(resolve_(plain)).share;
    return share != nullptr && share->writable;
}

bool bind_rules::is_within(std::string_view path, std::string_view top) const
{
    return dialect_ == config::path_dialect::windows ? config::is_within_on_windows(path, top)
                                                     : config::is_within(path, top);
}

// A share within another one covers it.
const config::share* bind_rules::share_of(std::string_view path) const
{
    const config::share* innermost = nullptr;
    for (const auto& share : shares_) {
        const auto top = share.path.string();
        if (!is_within(path, top)) continue;
        if (!innermost || top.size() > innermost->path.string().size()) innermost = &share;
    }
    return innermost;
}

// The innermost one whose path leads to what `real` lies in.
bind_rules::linked_share bind_rules::share_behind_links(const std::string& real) const
{
    linked_share innermost;
    for (const auto& share : shares_) {
        const auto top = resolve_(share.path.string());
        if (is_within(real, top) && top.size() > innermost.top.size()) innermost = {&share, top};
    }
    return innermost;
}

// `path` is normal and lies in a share.
std::string bind_rules::for_the_engine(const std::string& path) const
{
    const auto& share = *share_of(path);
    if (share.elsewhere.empty()) return path;
    const auto top = share.path.string();
    if (path == top) return share.elsewhere.string();
    return share.elsewhere.string() + (top == "/" ? path : path.substr(top.size()));
}

bool bind_rules::is_docker_socket(const std::string& path, const std::string& real) const
{
    return std::ranges::any_of(docker_sockets_, [&](const std::string& socket) {
        return path == socket || real == resolve_(socket);
    });
}

std::string bind_rules::refusal(const std::string& source, const std::string& real) const
{
    auto text = "the directory " + source;
    if (real != source) text += " (which is " + real + ")";
    text += " is not shared with the VM, so a container would find nothing in it; ";
    return text + what_is_shared() +
           "; to share it, add it to \"shares\" in gangway.json and run `gangway restart`";
}

std::string bind_rules::what_is_shared() const
{
    std::string list;
    for (const auto& share : shares_) list += (list.empty() ? "" : ", ") + to_string(share);
    if (list.empty()) return "shared is nothing";
    return (shares_.size() == 1 ? "shared is " : "shared are ") + list;
}

}  // namespace proxy
