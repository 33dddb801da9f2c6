// A context in the Docker client's own store, as `docker context create` makes it: for every tool
// that asks the client's configuration where the engine is.
// Source: docker/cli, cli/context/store and cli/context/docker.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace gangway {

// $DOCKER_CONFIG, else .docker in the home directory. Throws failure when there is neither.
std::filesystem::path docker_client_directory();

// The context that the client uses where nothing else is said; empty: its default, or its
// configuration cannot be read.
std::string selected_context(const std::filesystem::path& client_directory);

// Where the context `name` leads, whoever made it. Nothing: there is none, or it does not say.
std::optional<std::string> host_of_context(
    const std::filesystem::path& client_directory, const std::string& name
);

// Of the client whose files are in `client_directory`. All calls throw failure.
class docker_context {
public:
    // The name has to be one that the client accepts.
    docker_context(std::filesystem::path client_directory, std::string name);

    // Makes it, or has it lead elsewhere; one that was not made by this is left alone, and an
    // error. `docker_host` is the endpoint of `instance`.
    void install(const std::string& docker_host, const std::string& instance) const;

    // Makes it the one that is used where nothing else is said.
    void select() const;

    // No error when there is none; as install() for one that was not made by it. The client's
    // default is used then, if this one was.
    void remove() const;

private:
    std::filesystem::path directory() const;
    void refuse_if_anothers() const;
    void change_selected(const std::string& from, const std::string& to) const;

    std::filesystem::path client_directory_;
    std::string name_;
};

}  // namespace gangway
