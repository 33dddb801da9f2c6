// The rows of the settings table.
#include "config/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace config {
namespace {

// A row whose value is what `member(settings)` refers to. Enumerators and small
// integers are what their codec's value converts to.
template <class Codec, class Member>
row setting(
    std::string_view path,
    std::string_view summary,
    std::string_view computed_default,
    Codec codec,
    Member member
)
{
    using member_type = std::remove_reference_t<decltype(member(std::declval<settings&>()))>;
    return {
        .path = path,
        .summary = summary,
        .computed_default = computed_default,
        .shape = [codec] { return codec.shape(); },
        .read =
            [codec, member](const json& value, const environment& where, settings& into) {
                complaints wrong;
                if (auto read = codec.read(value, where, wrong))
                    member(into) = static_cast<member_type>(*std::move(read));
                return wrong;
            },
        .write = [codec, member](const settings& from
                 ) { return codec.write(static_cast<typename Codec::value_type>(member(from))); },
    };
}

// As `setting`, for a member of the remote engine, which comes into being with its first setting.
template <class Codec, class Member>
row remote_setting(
    std::string_view path,
    std::string_view summary,
    std::string_view computed_default,
    Codec codec,
    Member member
)
{
    return {
        .path = path,
        .summary = summary,
        .computed_default = computed_default,
        .shape = [codec] { return codec.shape(); },
        .read =
            [codec, member](const json& value, const environment& where, settings& into) {
                complaints wrong;
                if (auto read = codec.read(value, where, wrong)) {
                    if (!into.remote_engine) into.remote_engine.emplace();
                    member(*into.remote_engine) = *std::move(read);
                }
                return wrong;
            },
        .write = [codec, member](const settings& from) -> json {
            if (!from.remote_engine) return nullptr;
            const std::optional<typename Codec::value_type>& value = member(*from.remote_engine);
            if (!value) return nullptr;
            return codec.write(*value);
        },
    };
}

std::vector<row> make_table()
{
    return {
        setting(
            "state_dir",
            "Directory for this instance's disk, certificates and logs.",
            "$XDG_STATE_HOME/gangway/INSTANCE, or /var/lib/gangway/INSTANCE for the system service",
            path_codec{},
            [](auto& all) -> auto& { return all.state_dir; }
        ),
        setting(
            "shares",
            "Directories that containers may mount, as PATH or, read-only, PATH:ro.",
            "the home directory and /tmp, or /home and /tmp for the system service; none with "
            "engine.remote",
            shares_codec{},
            [](auto& all) -> auto& { return all.shares; }
        ),
        setting(
            "docker.listen",
            "Where Docker clients connect: unix:///PATH, npipe:////./pipe/NAME on Windows, or "
            "fd:// "
            "for the sockets that the service manager hands over.",
            "unix://$XDG_RUNTIME_DIR/gangway/docker.sock, or unix:///run/gangway/docker.sock for "
            "the system service",
            listen_codec{},
            [](auto& all) -> auto& { return all.docker.listen; }
        ),
        setting(
            "docker.group",
            "Group that may use the Docker socket besides its owner (mode 0660); empty for the "
            "owner alone (mode 0600).",
            {},
            group_codec{},
            [](auto& all) -> auto& { return all.docker.group; }
        ),
        setting(
            "control.listen",
            "Socket, or named pipe on Windows, through which the gangway command talks to the "
            "daemon.",
            "control.sock beside the first Unix socket of docker.listen",
            local_endpoint_codec{},
            [](auto& all) -> auto& { return all.control.listen; }
        ),
        remote_setting(
            "engine.tls_dir",
            "Directory with ca.pem, cert.pem and key.pem; when set, the remote engine is spoken to "
            "over TLS.",
            "none, no TLS",
            path_codec{},
            [](auto& remote) -> auto& { return remote.tls_dir; }
        ),
        remote_setting(
            "engine.remote",
            "An engine that already runs, tcp://HOST:PORT, ssh://[USER@]HOST[:PORT][/PATH] or "
            "unix:///PATH, to serve in place of the VM.",
            "none, the VM",
            engine_endpoint_codec{},
            [](auto& remote) -> auto& { return remote.endpoint; }
        ),
        setting(
            "engine.daemon_json",
            "Settings of dockerd in the VM, as in its daemon.json; when there are any, the guest's "
            "own file is not read.",
            {},
            daemon_json_codec{},
            [](auto& all) -> auto& { return all.engine.daemon_json; }
        ),
        setting(
            "engine.http_proxy",
            "Proxy for what the VM's engine fetches by http, as seen from this machine.",
            "HTTP_PROXY or http_proxy of the daemon's environment",
            proxy_codec{},
            [](auto& all) -> auto& { return all.engine.http_proxy; }
        ),
        setting(
            "engine.https_proxy",
            "Proxy for what the VM's engine fetches by https, which is most.",
            "HTTPS_PROXY or https_proxy of the daemon's environment",
            proxy_codec{},
            [](auto& all) -> auto& { return all.engine.https_proxy; }
        ),
        setting(
            "engine.no_proxy",
            "Hosts and networks that the VM's engine reaches without a proxy, with commas between "
            "them.",
            "NO_PROXY or no_proxy of the daemon's environment",
            proxy_codec{},
            [](auto& all) -> auto& { return all.engine.no_proxy; }
        ),
        setting(
            "engine.certificates",
            "PEM files of authorities that the VM's engine trusts besides the public ones, and "
            "directories of such files.",
            "where this machine has its own: /usr/local/share/ca-certificates, "
            "/etc/pki/ca-trust/source/anchors and /etc/ca-certificates/trust-source/anchors",
            paths_codec{},
            [](auto& all) -> auto& { return all.engine.certificates; }
        ),
        setting(
            "vm.hypervisor",
            "What runs the VM; automatic is libvirt where gangwayd was built with it, else "
            "VirtualBox.",
            {},
            choice_codec{{"automatic", "libvirt", "virtualbox"}},
            [](auto& all) -> auto& { return all.vm.hypervisor; }
        ),
        setting(
            "vm.libvirt_uri",
            "The libvirt connection that runs the VM, where libvirt does.",
            {},
            libvirt_uri_codec{},
            [](auto& all) -> auto& { return all.vm.libvirt_uri; }
        ),
        setting(
            "vm.acceleration",
            "How the VM's processors are run; automatic takes KVM or HVF when it is usable, else "
            "emulation, which works everywhere and is slow.",
            {},
            choice_codec{{"automatic", "kvm", "hvf", "emulation"}},
            [](auto& all) -> auto& { return all.vm.accelerate; }
        ),
        setting(
            "vm.cpus",
            "Number of the VM's processors; one under emulation.",
            {},
            number_codec{1, 256},
            [](auto& all) -> auto& { return all.vm.cpus; }
        ),
        setting(
            "vm.memory",
            "Memory of the VM.",
            {},
            size_codec{mebibytes(512), gibibytes(4096)},
            [](auto& all) -> auto& { return all.vm.memory; }
        ),
        setting(
            "vm.disk",
            "Size of the data disk that holds images, containers and volumes; the file is sparse.",
            {},
            size_codec{smallest_disk, largest_disk},
            [](auto& all) -> auto& { return all.vm.disk; }
        ),
        setting(
            "vm.image",
            "Directory of the VM image: vmlinuz, initrd.img, root.img and manifest.json.",
            "$XDG_DATA_HOME/gangway/images, or /var/lib/gangway/images for the system service; "
            "the package's own images when there are none in it",
            path_codec{},
            [](auto& all) -> auto& { return all.vm.image; }
        ),
        setting(
            "vm.boot2docker",
            "A boot2docker.iso to run in place of vm.image: where it is, as a path or a URL, and "
            "its "
            "sha256.",
            "none, vm.image",
            boot2docker_codec{},
            [](auto& all) -> auto& { return all.vm.boot2docker; }
        ),
        setting(
            "vm.engine_port",
            "Port on 127.0.0.1 that leads to the engine in the VM; 0 takes a free one at each "
            "start.",
            {},
            number_codec{0, 65535},
            [](auto& all) -> auto& { return all.vm.engine_port; }
        ),
        setting(
            "vm.boot_timeout",
            "How long the VM may take from power-on to an engine that answers.",
            {},
            duration_codec{},
            [](auto& all) -> auto& { return all.vm.boot_timeout; }
        ),
        setting(
            "vm.shutdown_timeout",
            "How long the VM may take to shut down before its power is cut.",
            {},
            duration_codec{},
            [](auto& all) -> auto& { return all.vm.shutdown_timeout; }
        ),
        setting(
            "vm.when_daemon_exits",
            "What the daemon does with the VM when it stops; a daemon started later takes a VM "
            "that is kept running over.",
            {},
            choice_codec{{"keep_running", "shut_down"}},
            [](auto& all) -> auto& { return all.vm.when_daemon_exits; }
        ),
        setting(
            "sleep.pause_after",
            "How long after the last use the VM is paused; 0s: never. Its memory stays.",
            {},
            patience_codec{},
            [](auto& all) -> auto& { return all.sleep.pause_after; }
        ),
        setting(
            "sleep.save_after",
            "How long after the last use the VM is saved to a file; 0s: never. Its memory is free "
            "then.",
            {},
            patience_codec{},
            [](auto& all) -> auto& { return all.sleep.save_after; }
        ),
        setting(
            "sleep.off_after",
            "How long after the last use the VM is shut down, if no container runs; 0s: never.",
            {},
            patience_codec{},
            [](auto& all) -> auto& { return all.sleep.off_after; }
        ),
        setting(
            "sleep.with_containers",
            "Whether the VM also sleeps while containers run; they stand still with it and go on "
            "with it.",
            {},
            switch_codec{},
            [](auto& all) -> auto& { return all.sleep.with_containers; }
        ),
        setting(
            "log.level",
            "The least important messages that are logged.",
            {},
            choice_codec{{"error", "warning", "info", "debug"}},
            [](auto& all) -> auto& { return all.log.level; }
        ),
    };
}

}  // namespace

const std::vector<row>& table()
{
    static const auto rows = make_table();
    return rows;
}

const row* find_row(std::string_view path)
{
    const auto found = std::ranges::find(table(), path, &row::path);
    return found == table().end() ? nullptr : &*found;
}

std::string_view section_of(std::string_view path)
{
    const auto dot = path.find('.');
    return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

std::string_view name_of(std::string_view path)
{
    const auto dot = path.find('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

}  // namespace config
