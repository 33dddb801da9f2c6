// The rules in their order.
#include "proxy/bind_rules.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
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

bool means_the_engines_machine(std::string_view path)
{
    return config::engines_directory(path) && !is_within_one(users, path);
}

}  // namespace

bind_rules::bind_rules(
    std::vector<config::share> shares, std::vector<std::string> docker_sockets, resolver resolve
)
    : shares_(std::move(shares)),
      docker_sockets_(std::move(docker_sockets)),
      resolve_(std::move(resolve))
{
}

std::string bind_rules::translate(const std::string& source) const
{
    if (!source.starts_with('/')) return source;
    const auto path = config::normal(source).string();
    const bool machines =
        means_the_engines_machine(path) || (path == "/" && share_of(path) == nullptr);
    const bool usual = std::ranges::find(usual_sockets, path) != usual_sockets.end();
    // Not looked at: a file system of that name here says nothing of the one there.
    if (machines && !usual && std::ranges::find(docker_sockets_, path) == docker_sockets_.end())
        return source;
    const auto real = usual ? path : resolve_(path);
    if (usual || is_docker_socket(path, real))
        return path == engine_socket ? source : std::string(engine_socket);
    const auto* const target = share_of(real);
    if (target != nullptr) {
        // The engine follows links by its own paths, which only lead there if none is elsewhere.
        const auto* const named = share_of(path);
        const bool follows =
            named != nullptr && named->elsewhere.empty() && target->elsewhere.empty();
        return follows ? source : for_the_engine(real);
    }
    throw path_not_shared(refusal(source, real));
}

std::string bind_rules::restore(const std::string& told) const
{
    const config::share* innermost = nullptr;
    for (const auto& share : shares_) {
        const auto& there = share.elsewhere.native();
        const bool begins =
            !there.empty() && told.starts_with(there) &&
            (told.size() == there.size() || told[there.size()] == '/' || told[there.size()] == ':');
        if (begins && (!innermost || there.size() > innermost->elsewhere.native().size()))
            innermost = &share;
    }
    if (innermost == nullptr) return told;
    const auto rest = told.substr(innermost->elsewhere.native().size());
    const auto& here = innermost->path.native();
    return here == "/" && rest.starts_with('/') ? rest : here + rest;
}

bool bind_rules::is_writable(const std::string& path) const
{
    const auto* const share = share_of(config::normal(path).native());
    return share != nullptr && share->writable;
}

// A share within another one covers it.
const config::share* bind_rules::share_of(std::string_view path) const
{
    const config::share* innermost = nullptr;
    for (const auto& share : shares_) {
        if (!config::is_within(path, share.path.native())) continue;
        if (!innermost || share.path.native().size() > innermost->path.native().size())
            innermost = &share;
    }
    return innermost;
}

// `path` is normal and lies in a share.
std::string bind_rules::for_the_engine(const std::string& path) const
{
    const auto& share = *share_of(path);
    if (share.elsewhere.empty()) return path;
    const auto& top = share.path.native();
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
    text += " is not shared with the VM, so a container would find nothing in it; shared ";
    std::string list;
    for (const auto& share : shares_) list += (list.empty() ? "" : ", ") + to_string(share);
    text += list.empty() ? "is nothing" : (shares_.size() == 1 ? "is " : "are ") + list;
    text += "; to share it, add it to \"shares\" in gangway.json and run `gangway restart`";
    return text;
}

std::string real_path(const std::string& path)
{
    std::error_code failed;
    const auto real = std::filesystem::weakly_canonical(path, failed);
    return failed ? path : config::normal(real).string();
}

}  // namespace proxy
