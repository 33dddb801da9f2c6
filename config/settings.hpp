// Every setting of Gangway as plain values, with units in their types. A default-constructed
// `settings` is not usable by itself: load.hpp fills in what depends on the user and the machine.
#pragma once

#include "config/endpoint.hpp"
#include "config/share.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace config {

// A number of bytes. Written in the configuration as "2GiB", "64GiB", "512MiB".
struct byte_size {
    std::uint64_t bytes = 0;
    // NOLINTNEXTLINE: clang-tidy 14 takes the comparison's 0 for a null pointer.
    auto operator<=>(const byte_size&) const = default;
};

constexpr byte_size mebibytes(std::uint64_t count)
{
    return {count * 1024 * 1024};
}

constexpr byte_size gibibytes(std::uint64_t count)
{
    return mebibytes(count * 1024);
}

// What the data disk may be set to.
inline constexpr byte_size smallest_disk = gibibytes(1);
inline constexpr byte_size largest_disk = gibibytes(16384);

enum class log_level { error, warning, info, debug };

// What runs the VM.
enum class hypervisor_choice {
    automatic,   // libvirt where it is built in, else VirtualBox
    libvirt,     // QEMU, by libvirt
    virtualbox,  // by VBoxManage
};

// How the guest's processors are run.
enum class acceleration {
    automatic,  // KVM or HVF when it is usable, else emulation
    kvm,
    hvf,
    emulation,  // QEMU's TCG: works everywhere, slow
};

// What the daemon does with the VM when it stops itself.
enum class on_exit {
    keep_running,  // a daemon started later takes the VM over
    shut_down,
};

// The files that make the engine's mutual TLS. PEM.
struct tls_files {
    std::filesystem::path ca;
    std::filesystem::path certificate;
    std::filesystem::path key;
    // The name the engine's certificate must carry. Empty: the host that was dialled.
    std::string server_name;
    bool operator==(const tls_files&) const = default;
};

struct docker_socket_settings {
    std::vector<listen_endpoint> listen;
    // Group that may use the socket (mode 0660). Empty: the owner alone (mode 0600).
    std::string group;
    bool operator==(const docker_socket_settings&) const = default;
};

struct control_settings {
    local_endpoint listen;
    bool operator==(const control_settings&) const = default;
};

// An engine that already runs, in place of the VM.
struct remote_engine_settings {
    engine_endpoint endpoint;
    // ca.pem, cert.pem and key.pem in this directory switch TLS on.
    std::optional<std::filesystem::path> tls_dir;
    bool operator==(const remote_engine_settings&) const = default;
};

// What the VM's engine is given. Nothing of it concerns a remote engine.
struct engine_settings {
    // dockerd's daemon.json, as JSON on one line. "{}": the guest's own counts.
    std::string daemon_json = "{}";
    // As in HTTP_PROXY, HTTPS_PROXY and NO_PROXY, seen from this machine. Empty: none.
    std::string http_proxy;
    std::string https_proxy;
    std::string no_proxy;
    // PEM files of authorities that the engine trusts besides its own, and directories of them.
    std::vector<std::filesystem::path> certificates;
    bool operator==(const engine_settings&) const = default;
};

// A boot2docker.iso in place of our own image.
struct boot2docker_settings {
    std::string iso;     // an absolute path, or an http:// or https:// URL
    std::string sha256;  // of the ISO: 64 lower-case hexadecimal digits
    bool operator==(const boot2docker_settings&) const = default;
};

struct vm_settings {
    hypervisor_choice hypervisor = hypervisor_choice::automatic;
    std::string libvirt_uri = "qemu:///session";
    acceleration accelerate = acceleration::automatic;
    unsigned cpus = 2;
    byte_size memory = gibibytes(2);
    byte_size disk = gibibytes(64);
    // Directory that holds the appliance: vmlinuz, initrd.img, root.img, manifest.json.
    std::filesystem::path image;
    // Set: the VM is boot2docker's, and `image` holds nothing but what was taken out of the ISO.
    std::optional<boot2docker_settings> boot2docker;
    // Host port on 127.0.0.1 that leads to the engine. 0: a free one, chosen at each start.
    std::uint16_t engine_port = 0;
    // From power-on to an engine that answers; past it the start has failed.
    std::chrono::seconds boot_timeout = std::chrono::seconds(300);
    // How long a guest may take to shut down before its power is cut.
    std::chrono::seconds shutdown_timeout = std::chrono::seconds(60);
    on_exit when_daemon_exits = on_exit::keep_running;
    bool operator==(const vm_settings&) const = default;
};

// When a VM that nobody uses goes to sleep, counted from the end of the last use. Zero: never.
struct sleep_settings {
    std::chrono::seconds pause_after = std::chrono::minutes(5);
    std::chrono::seconds save_after = std::chrono::minutes(30);
    std::chrono::seconds off_after = std::chrono::seconds(0);
    bool with_containers = false;  // also while containers run; they sleep with it
    bool operator==(const sleep_settings&) const = default;
};

struct log_settings {
    log_level level = log_level::info;
    bool operator==(const log_settings&) const = default;
};

struct settings {
    std::string instance = "default";
    // Disk, PKI, logs of this instance; created with mode 0700.
    std::filesystem::path state_dir;
    // What the engine sees of this machine. Empty with a remote engine: nobody knows.
    std::vector<share> shares;
    docker_socket_settings docker;
    control_settings control;
    // Set: serve this engine and never touch a VM.
    std::optional<remote_engine_settings> remote_engine;
    engine_settings engine;
    vm_settings vm;
    sleep_settings sleep;
    log_settings log;
    bool operator==(const settings&) const = default;
};

}  // namespace config
