#!/usr/bin/env bash
# Run inside a fresh root directory, as its root: the package is installed, used, upgraded while a daemon
# runs, removed and purged, and nothing of it is left. Ends with status 1 at the first thing that is wrong.
# Usage: life_of_a_package.sh FIRST.deb NEWER.deb [IMAGE.deb]
set -euo pipefail

first=$1
newer=$2
image=${3-}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

said() { printf '    %s\n' "$*"; }
wrong() {
    printf 'wrong: %s\n' "$*" >&2
    exit 1
}

# apt WORDS…: what it says is shown if it fails.
apt() { apt-get -y -qq --no-install-recommends "$@" >/tmp/apt.log 2>&1 || { cat /tmp/apt.log >&2; wrong "apt-get $*"; }; }
installed() { dpkg-query -Wf '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii *//p' | sort; }
# All files but those that programs keep for themselves, and the installation's own books.
files() {
    find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /home -o -path /packages \
        -o -path /run/systemd -o -path /var/cache -o -path /var/log -o -path /var/lib/apt -o -path /var/lib/dpkg \) -prune -o -print | sort
}
# What the user of a package does, as that user.
as_user() { (cd /home/tester && setpriv --reuid tester --regid tester --init-groups --reset-env env HOME=/home/tester \
    PATH=/usr/bin:/bin XDG_RUNTIME_DIR=/home/tester/run "$@"); }

apt update
useradd --create-home --shell /bin/bash tester
as_user mkdir -m 700 run
apt satisfy "$(dpkg-deb -f "$first" Depends)"
files >/tmp/files_before
installed >/tmp/packages_before

# Installed, it is complete.
apt install "$first"
added=$(comm -13 /tmp/packages_before <(installed))
[ "$added" = gangway ] || wrong "installing gangway installed more than its dependencies: $added"
dpkg --verify gangway || wrong "files of the package differ from its md5sums"
said "installed on Debian $(cat /etc/debian_version), with libraries $(ldd /usr/bin/gangwayd | sed -n 's/.*=> .*\/\(libssl[^ ]*\|libzstd[^ ]*\) .*/\1/p' | tr '\n' ' ')"
version=$(dpkg-deb -f "$first" Version)
version=${version%-*}
for program in gangway gangwayd; do
    [[ $(as_user $program --version) == *"$version"* ]] || wrong "$program --version does not say $version"
done
as_user gangwayd --print-config >/tmp/config
grep -q '"image": "/home/tester/.local/share/gangway/images"' /tmp/config || wrong "gangwayd --print-config names another image: $(grep image /tmp/config)"
for shell in bash:bash-completion/completions/gangway zsh:zsh/vendor-completions/_gangway \
    fish:fish/vendor_completions.d/gangway.fish; do
    as_user gangway completion "${shell%%:*}" | cmp - "/usr/share/${shell#*:}" || wrong "completion for ${shell%%:*} is not the program's"
done
[[ $(bash -c '. /usr/share/bash-completion/completions/gangway && complete -p gangway') == complete* ]] ||
    wrong "bash does not complete gangway"
for page in gangway.1 gangway.json.5 gangwayd.8; do
    [ "$(man -w "${page##*.}" "${page%.*}")" = "/usr/share/man/man${page##*.}/$page.gz" ] || wrong "there is no manual page $page"
done
[ "$(cat /usr/share/gangway/version)" = "$version" ] || wrong "appliance/build would make an image of another version"
grep -q 'default: /var/lib/gangway/images' <<<"$(/usr/share/gangway/appliance/build --help)" || wrong "appliance/build --help says another directory"
said "programs, completions and manual pages are in place"

# What the daemon loads and runs later is there, too.
for need in libvirt.so.0 libvirt-qemu.so.0; do
    grep -q "$need " <<<"$(ldconfig -p)" || wrong "the daemon would not find $need"
done
for need in libvirtd qemu-system-x86_64 debugfs mke2fs ssh ssh-keygen; do
    PATH=/usr/bin:/bin:/usr/sbin:/sbin command -v $need >/dev/null || wrong "$need, which the VM needs, is not installed"
done
[ -e /usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so ] || wrong "libvirt has no driver for QEMU"
for kind in system user; do
    for unit in gangwayd.socket gangwayd.service; do
        XDG_RUNTIME_DIR=/home/tester/run systemd-analyze --$kind --man=no verify /usr/lib/systemd/$kind/$unit 2>/tmp/verify || { cat /tmp/verify; wrong "systemd cannot read $kind/$unit"; }
    done
    ! find /etc/systemd/$kind -name 'gangwayd*' | grep . || wrong "installing enabled a $kind unit"
done
said "libvirt $(dpkg-query -Wf '${Version}' libvirt0), QEMU, tools and units: there, nothing enabled"

if [ -n "$image" ]; then
    apt install "$image"
    grep -q '"image": "/usr/share/gangway/images"' <<<"$(as_user gangwayd --print-config)" || wrong "the daemon does not find the image's package"
    files=$(sed -n 's/^ *"\([a-z.]*\)": {"size".*"sha256": "\([0-9a-f]*\)".*/\2  \1/p' /usr/share/gangway/images/manifest.json)
    (cd /usr/share/gangway/images && sha256sum --check --quiet <<<"$files") || wrong "the image is not what its manifest says"
    said "the image's package is found, and whole: $(wc -l <<<"$files") files"
fi

# An engine that answers every request as _ping is answered: enough to see whether bytes pass.
cat >/tmp/engine <<'END'
#!/bin/bash
while IFS= read -r line; do
    [ "$line" != $'\r' ] || printf 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK'
done
END
chmod 755 /tmp/engine
as_user socat UNIX-LISTEN:run/engine.sock,fork EXEC:/tmp/engine &
socket=/home/tester/run/gangway/docker.sock
request=$'GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n'
until_true() {
    local left=100
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1))
        [ $left -gt 0 ] || wrong "this did not come true in ten seconds: $*"
        sleep 0.1
    done
}
start_daemon() {
    as_user gangwayd --engine unix:///home/tester/run/engine.sock >/tmp/gangwayd.log 2>&1 &
    until_true as_user gangway status
    daemon=$(pgrep -f 'gangwayd --engine')
}
# With the image's package there is a VM as well, of an instance of its own, and emulated: minutes.
vm_socket=/home/tester/run/gangway/vm/docker.sock
start_vm_daemon() {
    as_user gangwayd --instance vm >>/tmp/gangwayd-vm.log 2>&1 &
    until_true as_user gangway --instance vm status
    vm_daemon=$(pgrep -f 'gangwayd --instance vm$')
}
vm_is_there() { [[ $(printf 'GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n' | timeout 30 socat -t 20 - "UNIX-CONNECT:$vm_socket") == *"200 OK"* ]]; }
if [ -n "$image" ]; then
    start_vm_daemon
    as_user gangway --instance vm up >/tmp/up.log 2>&1 || { cat /tmp/up.log /tmp/gangwayd-vm.log >&2; wrong "the VM does not start"; }
    vm_is_there || wrong "the VM's engine does not answer"
    vm_process=$(pgrep -f 'guest=gangway-vm')
    said "a VM of the image's package runs: $(tail -n 1 /tmp/up.log)"
fi
engine_answers() { [[ $(printf '%s' "$request" | socat -t 5 - "UNIX-CONNECT:$socket") == *"200 OK"* ]]; }

until_true [ -S /home/tester/run/engine.sock ]
start_daemon
until_true engine_answers
said "a daemon of a user runs, and the engine behind it answers"

# An upgrade leaves it alone, and the connections through it.
coproc client { exec socat - "UNIX-CONNECT:$socket" 2>/dev/null; }
printf '%s' "$request" >&"${client[1]}"
read -r -t 10 answer <&"${client[0]}" || wrong "no answer before the upgrade"
apt install "$newer"
[ "$(dpkg-query -Wf '${Version}' gangway)" = "$(dpkg-deb -f "$newer" Version)" ] || wrong "it was not upgraded"
grep -q 'systemctl --user restart gangwayd' /tmp/apt.log || wrong "the upgrade does not say how to change to it"
[ -d "/proc/$daemon" ] || wrong "the upgrade ended the daemon"
if [ -n "$image" ]; then
    [ -d "/proc/$vm_daemon" ] || wrong "the upgrade ended the VM's daemon"
    vm_is_there || wrong "the VM is not there any more after the upgrade"
    kill "$vm_daemon"
    until_true [ ! -d "/proc/$vm_daemon" ]
    start_vm_daemon
    until_true vm_is_there
    [ "$(pgrep -f 'guest=gangway-vm')" = "$vm_process" ] || wrong "the new daemon has started the VM anew"
    said "the VM runs through the upgrade, and the new daemon takes it over"
fi
[[ $(readlink "/proc/$daemon/exe") == *"(deleted)" ]] || wrong "the program was not replaced"
as_user gangway status | sed 's/^/        /'
engine_answers || wrong "the former daemon does not pass requests any more"
printf '%s' "$request" >&"${client[1]}"
answers=0
while read -r -t 10 answer <&"${client[0]}"; do
    [[ $answer != *"200 OK"* ]] || { answers=$((answers + 1)); break; }
done
[ $answers = 1 ] || wrong "a connection from before the upgrade has no answer after it"
said "upgraded to $(dpkg-query -Wf '${Version}' gangway): the daemon goes on, with the connections through it"
# shellcheck disable=SC2154  # coproc sets it
kill "$client_PID"
kill "$daemon"
until_true [ ! -d "/proc/$daemon" ]
start_daemon
until_true engine_answers
[ "$(readlink "/proc/$daemon/exe")" = /usr/bin/gangwayd ] || wrong "the daemon is not the new one"
said "the new daemon answers at the same socket"

# Removed, it leaves what is its users' and its administrator's; purged, only what is in homes.
mkdir -p /etc/gangway /var/lib/gangway/default
echo '{}' >/etc/gangway/gangway.json
echo disk >/var/lib/gangway/default/data.img
systemctl enable --quiet gangwayd.socket
systemctl --global enable --quiet gangwayd.socket
as_user mkdir -p .local/state/gangway/default
as_user touch .local/state/gangway/default/data.img
apt remove gangway
for file in /var/lib/gangway/default/data.img /etc/gangway/gangway.json; do
    [ -f $file ] || wrong "removing took $file, which only purging may"
done
kill "$daemon"
until_true [ ! -d "/proc/$daemon" ]
if [ -n "$image" ]; then
    # Its program is gone, and it goes on.
    vm_is_there || wrong "the VM is not there any more after the removal"
    kill "$vm_process" "$vm_daemon"
    until_true [ ! -d "/proc/$vm_daemon" ]
    pkill -u tester libvirtd || true
    until_true bash -c '! pgrep -u tester libvirtd'
fi
apt purge gangway
[ -z "$image" ] || apt purge gangway-image
[ -f /home/tester/.local/state/gangway/default/data.img ] || wrong "purging took what is in a home"
files >/tmp/files_after
diff /tmp/files_before /tmp/files_after || wrong "purging left files behind, or took others; they are above"
[ -z "$(installed | comm -13 /tmp/packages_before -)" ] || wrong "packages are left"
said "purged: the same $(wc -l </tmp/files_after) files as before; what is in the home is left"
