// What the source of a bind mount means to an engine in a VM. docs/shares.md has the table.
#pragma once

#include "config/share.hpp"

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
    // Where symbolic links lead from an absolute path, of which the end need not exist. May block.
    using resolver = std::function<std::string(const std::string&)>;

    // `docker_sockets`: where clients reach this daemon. `resolve` decides what follows links; the
    // file system's own answer is real_path().
    bind_rules(
        std::vector<config::share> shares, std::vector<std::string> docker_sockets, resolver resolve
    );

    // What takes the place of `source` so that the engine finds what the client means; often the
    // same. Text that is no absolute path is the engine's business, and stays. Throws
    // path_not_shared.
    std::string translate(const std::string& source) const;

    // What the client knows by another name than the engine, which says `told`: that name. Other
    // text stays. `told` may go on behind a path: "PATH:/target:ro".
    std::string restore(const std::string& told) const;

    // Whether things can be made at `path` of this machine so that the engine sees them.
    bool is_writable(const std::string& path) const;

private:
    const config::share* share_of(std::string_view path) const;
    std::string for_the_engine(const std::string& path) const;
    bool is_docker_socket(const std::string& path, const std::string& real) const;
    std::string refusal(const std::string& source, const std::string& real) const;

    std::vector<config::share> shares_;
    std::vector<std::string> docker_sockets_;
    resolver resolve_;
};

// what() is a sentence for the user: the path, what is shared, and the setting.
class path_not_shared : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// By the file system. What cannot be looked at is what it says.
std::string real_path(const std::string& path);

}  // namespace proxy
