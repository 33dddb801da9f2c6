// What all scenarios share: the programs, the VM image, a directory, and an ordinary user to be.
#pragma once

#include "tests/support/test_directory.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace e2e {

// Why no VM can run here, in a sentence that says what to do; nothing if one can.
std::optional<std::string> obstacle();

class premises {
public:
    // Makes this process an ordinary user when it is root's: session libvirt is for those, and
    // what works for `nobody` works without any privilege. Throws when the image is missing.
    premises();
    ~premises();
    premises(const premises&) = delete;
    premises& operator=(const premises&) = delete;

    // Everything below it ends with the tests.
    const std::filesystem::path& directory() const { return directory_.path(); }

    std::filesystem::path gangwayd() const { return directory() / "bin/gangwayd"; }

    std::filesystem::path gangway() const { return directory() / "bin/gangway"; }

    std::filesystem::path docker_compose() const { return directory() / "bin/docker-compose"; }

    // With clients.cjs and its node_modules, which are unpacked by the first call: few tests need
    // so many files.
    std::filesystem::path node_clients() const;

    std::filesystem::path container_probe() const { return directory() / "bin/container_probe"; }

    // Of a processor that this machine does not have.
    std::filesystem::path foreign_busybox() const { return directory() / "bin/foreign_busybox"; }

    std::filesystem::path company_network() const { return directory() / "bin/company_network"; }

    // The stand-in, if it was made, with its sha256 in a file beside it.
    std::filesystem::path boot2docker() const { return directory() / "boot2docker.iso"; }

    // Not to be changed: it may be what the build has made.
    std::filesystem::path image() const { return directory() / "image"; }

private:
    void place_image() const;

    test_support::test_directory directory_;
};

// The premises of this run; made by the first call.
premises& shared_premises();

}  // namespace e2e
