// What the source of a bind mount means to an engine in a VM. docs/shares.md has the table.
#pragma once

#include "config/host_places.hpp"
#include "config/share.hpp"
#include "config/windows_path.hpp"
#include "proxy/host_paths.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

// The engine's own socket, under the name that it has in the guest.
inline constexpr std::string_view engine_socket = "/var/run/docker.sock";

class bind_rules {
public:
    // See host_paths::real.
    using resolver = std::function<std::string(const std::string&)>;

    // `docker_sockets`: where clients reach this daemon, as paths in the same dialect. `resolve`
    // decides what follows links. `aliases`: by what other names its places are known.
    bind_rules(
        std::vector<config::share> shares,
        std::vector<std::string> docker_sockets,
        resolver resolve,
        config::path_dialect dialect = config::path_dialect::posix,
        std::vector<config::host_alias> aliases = {}
    );

    // What takes the place of `source` so that the engine finds what the client means; often the
    // same. Text that is no path of this machine is the engine's business, and stays. Throws
    // path_not_shared.
    std::string translate(const std::string& source) const;

    // What the client knows by another name than the engine, which says `told`: that name. Other
    // text stays. `told` may go on behind a path: "PATH:/target:ro".
    std::string restore(const std::string& told) const;

    // Whether things can be made at `path` of this machine so that the engine sees them.
    bool is_writable(const std::string& path) const;

private:
    struct linked_share {
        const config::share* share = nullptr;
        std::string top;  // where its path leads
    };

    bool is_within(std::string_view path, std::string_view top) const;
    const config::share* share_of(std::string_view path) const;
    linked_share share_behind_links(const std::string& real) const;
    std::string through_links(
        const std::string& source, const std::string& written, const std::string& real
    ) const;
    std::string for_the_engine(const std::string& path) const;
    bool is_docker_socket(const std::string& path, const std::string& real) const;
    std::string refusal(const std::string& source, const std::string& real) const;
    std::string what_is_shared() const;

    // windows_binds.cpp
    std::string translate_windows(const std::string& source) const;
    std::string translate_on_drive(const std::string& source, const std::string& path) const;
    bool is_docker_pipe(std::string_view name) const;

    std::vector<config::share> shares_;
    std::vector<std::string> docker_sockets_;
    resolver resolve_;
    config::path_dialect dialect_;
    std::vector<config::host_alias> aliases_;
};

// what() is a sentence for the user: the path, what is shared, and the setting.
class path_not_shared : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The engine's socket by the names that it has on every machine, and whether `path` is of those.
bool is_usual_docker_socket(std::string_view path);

// "/proc", "/run/containerd" and others: who names them means the engine's machine.
bool means_the_engines_machine(std::string_view path);

}  // namespace proxy
