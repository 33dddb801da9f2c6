// The texts, for busybox's shell as boot2docker 18.09 and later has it.
#include "vmctl/boot2docker_guest.hpp"

#include <algorithm>

namespace vmctl {
namespace {

constexpr std::string_view directory = "var/lib/boot2docker/gangway/";

// The programs that are found in its boot scripts' path, which sudo need not keep.
constexpr std::string_view search_path =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nexport PATH\n";

// After what the settings decide. Its caller is the one whose arguments these are.
constexpr std::string_view before_dockerd = R"(case "${0##*/} ${1-}" in
    'docker start' | 'docker restart')
        read -r gangway_seconds _ </proc/uptime
        for gangway_stage in disk network; do
            echo "gangway-stage $gangway_stage $gangway_seconds"
        done >/dev/ttyS0
        # For ports that containers publish on 127.0.0.1: nothing but the host is on this wire.
        echo 1 2>/dev/null >/proc/sys/net/ipv4/conf/eth0/route_localnet || true
        if gangway_said=$(sh /var/lib/boot2docker/gangway/shares_mount 2>&1); then
            echo "gangway-stage shares $gangway_seconds" >/dev/ttyS0
        else
            # An engine without them would make empty directories in their place.
            echo "gangway-fail shares $gangway_said" >/dev/ttyS0
            echo >&2 "dockerd is not started: $gangway_said"
            exit 1
        fi
        ;;
esac
)";

constexpr std::string_view decode = R"(table=/var/lib/boot2docker/gangway/shares

# Paths are written for printf's %b. The dot keeps newlines at their end.
decoded() { printf '%b.' "$1"; }
)";

constexpr std::string_view mount_shares = R"([ -s $table ] || exit 0
modprobe 9pnet_virtio 2>/dev/null
modprobe 9p 2>/dev/null
mounts=$(cat /proc/self/mountinfo)
while read -r what how path; do
    path=$(decoded "$path")
    path=${path%.}
    if [ "$what" = bind ]; then
        target=$(decoded "$how")
        target=${target%.}
        [ ! "$path" -ef "$target" ] || continue
        set -- -o bind "$target"
    else
        case $mounts in *" - 9p $what "*) continue ;; esac
        set -- -t 9p -o "trans=virtio,version=9p2000.L,msize=512000,$how" "$what"
    fi
    mkdir -p "$path" 2>/dev/null
    said=$(mount "$@" "$path" 2>&1) || {
        echo "The shared directory $path cannot be mounted: $said" | tr '\n' ' '
        exit 1
    }
done <$table
)";

// As in the appliance, without what only its kernel can do.
constexpr std::string_view doze = R"(refuse_containers() {
    held=$(grep -Hs ' - 9p ' /proc/self/mountinfo /proc/[0-9]*/mountinfo | awk '{
        split($1, part, /[\/:]/)
        if (part[3] == "self") own[part[5]]
        else if (!(part[5] in own)) { print part[3]; exit }
    }')
    [ -n "$held" ] || return 0
    group=$(grep -o 'docker/[0-9a-f]*' "/proc/$held/cgroup" | head -n 1)
    group=${group#docker/}
    echo "A shared directory is mounted in the container $(printf '%.12s' "$group")."
    exit 1
}

refuse_containers
fstrim /var/lib/docker/ 2>/dev/null
sync
echo 3 >/proc/sys/vm/drop_caches
sleep 3
refuse_containers

set --
mounts=$(cat /proc/self/mountinfo)
if [ -s $table ]; then
    while read -r what how path; do
        path=$(decoded "$path")
        path=${path%.}
        if [ "$what" = bind ]; then
            target=$(decoded "$how")
            [ "$path" -ef "${target%.}" ] || continue
        else
            case $mounts in *" - 9p $what "*) ;; *) continue ;; esac
        fi
        set -- "$path" "$@"
    done <$table
fi
refuse() {
    echo "$1"
    sh /var/lib/boot2docker/gangway/shares_mount >/dev/null || exit 2
    exit 1
}
for path; do
    umount "$path" 2>/dev/null || refuse "$path is in use in the virtual machine."
done
for left in /sys/class/bdi/9p-*; do
    [ ! -e "$left" ] || refuse "A shared directory is in use in the virtual machine."
done
)";

// What was given up on must not unmount anything any more.
constexpr std::string_view wake =
    R"(for each in $(grep -ls 'gangway/[d]oze' /proc/[0-9]*/cmdline); do
    each=${each#/proc/}
    kill -9 "${each%/cmdline}" 2>/dev/null
done
exec sh /var/lib/boot2docker/gangway/shares_mount
)";

constexpr std::string_view grow = R"(device=$(df -P /var/lib/docker/ | awk 'NR == 2 { print $1 }')
said=$(resize2fs "$device" 2>&1) || { echo "$said" | tail -n 1; exit 1; }
)";

constexpr std::string_view configure = R"(file=/var/lib/boot2docker/gangway/daemon.json
pid=$(cat /var/run/docker.pid 2>/dev/null)
tr '\0' ' ' <"/proc/${pid:-0}/cmdline" 2>/dev/null | grep -q -- "--config-file $file" || {
    echo "the engine was started without them"
    exit 1
}
umask 077
printf '%s\n' "$1" >$file.new && mv $file.new $file || { echo "the VM's disk is full"; exit 1; }
kill -HUP "$pid"
)";

// The button alone would give containers two seconds. In the background, since whoever asks does
// not wait.
constexpr std::string_view halt =
    R"(setsid sh -c '/etc/init.d/docker stop; poweroff' </dev/null >/dev/null 2>&1 &
)";

// boot2docker's own is removed as soon as there is a directory for host keys on the disk (its
// bootsync.sh), and sshd does not start without one. The user's environment is how the docker user
// gets its search path.
constexpr std::string_view sshd_config = R"(# Written by Gangway. Yours to edit.
UseDNS no
PermitUserEnvironment yes
Subsystem sftp internal-sftp
)";

std::string program(std::string_view says, std::string_view text)
{
    return "# Written by Gangway. " + std::string(says) + "\n" + std::string(search_path) +
           std::string(text);
}

std::string environment_exports(std::string_view lines)
{
    std::string exports;
    while (!lines.empty()) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        const auto name = line.substr(0, line.find('='));
        if (name.size() < line.size())
            exports += "export " + std::string(name) + "=" +
                       shell_quoted(line.substr(name.size() + 1)) + "\n";
    }
    return exports;
}

std::string for_profile(const guest_settings& settings)
{
    auto text = std::string(R"(# Written by Gangway before each boot, read by boot2docker's profile.
# Our own appliance has all of this by itself.
[ ! -e /usr/lib/gangway ] || return 0
DOCKER_REMOTE=yes
DOCKER_TLS=auto
DOCKER_HOST='-H tcp://0.0.0.0:2376'
CERTDIR=/var/lib/boot2docker/tls
CACERT=$CERTDIR/ca.pem
SERVERCERT=$CERTDIR/server.pem
SERVERKEY=$CERTDIR/serverkey.pem
# dockerd does without these. They name a file that exists so that no RSA-4096 key is made.
CAKEY=$CACERT
CERT=$CACERT
KEY=$CACERT
)") + environment_exports(settings.environment);
    // As in the appliance: where the host has settings, the guest's own file does not count.
    if (settings.daemon_json.find('"') != std::string::npos)
        text +=
            "EXTRA_ARGS=\"--config-file /var/lib/boot2docker/gangway/daemon.json "
            "${EXTRA_ARGS-}\"\n";
    return text + std::string(before_dockerd);
}

}  // namespace

std::string shell_quoted(std::string_view text)
{
    std::string quoted = "'";
    for (const char letter : text) {
        if (letter == '\'')
            quoted += "'\\''";
        else
            quoted += letter;
    }
    return quoted + "'";
}

void add_boot2docker_files(std::vector<seed_file>& files, const guest_settings& settings)
{
    using enum seed_policy;
    const std::string line(boot2docker_profile_line);
    for (auto& each : files)
        if (each.path == "var/lib/boot2docker/profile") each.content += line;
    files.push_back({"var/lib/boot2docker/profile", line, 0644, has_line});
    files.push_back(
        {"var/lib/boot2docker/ssh/sshd_config", std::string(sshd_config), 0644, if_missing}
    );
    const auto add = [&](const char* name, std::string content, unsigned mode = 0644) {
        files.push_back({std::string(directory) + name, std::move(content), mode, always});
    };
    // May hold a proxy's password.
    add("boot2docker", for_profile(settings), 0600);
    const auto with_table = [](std::string_view text) {
        return std::string(decode) + std::string(text);
    };
    add("shares_mount",
        program("Mounts what the host shares and is not mounted.", with_table(mount_shares)));
    add("doze",
        program(
            "Unmounts what the host shares, before the VM is saved. Status 1: it is in use; 2: and "
            "cannot be mounted again.",
            with_table(doze)
        ));
    add("wake", program("After that: mounts it again.", wake));
    add("grow", program("Makes the file system as large as its disk has become.", grow));
    add("configure", program("Gives the engine that runs other settings.", configure));
    add("halt", program("Stops the engine kindly, then the VM.", halt));
}

}  // namespace vmctl
