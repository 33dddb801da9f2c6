# What Gangway needs from Debian, and how the scripts install it. Sourced by quickstart and test.

build_packages=(
    g++ cmake ninja-build pkg-config
    libboost1.81-dev libssl-dev nlohmann-json3-dev libspdlog-dev libcli11-dev libvirt-dev libzstd-dev
)
# The VM: libvirt's session daemon, QEMU, the disk and ssh tools.
vm_packages=(libvirt-daemon qemu-system-x86 qemu-utils seabios ipxe-qemu e2fsprogs openssh-client curl
    libarchive-tools)
image_packages=(
    mmdebstrap squashfs-tools xorriso isolinux syslinux-common cpio kmod zstd xz-utils uidmap
    debian-archive-keyring
)
client_packages=(busybox-static ca-certificates)
test_packages=(
    catch2 ccache clang-format docker.io iproute2 iptables libplist-utils libvirt-clients libxml2-utils openssh-server openssl procps socat systemd util-linux python3 python3-docker
    python3-websocket man-db mandoc zsh fish tcsh
)
# cpack asks dpkg-shlibdeps and file what a program needs.
package_packages=(dpkg-dev file lintian)
# Where there is no npm. A Node.js that is not Debian's has its own, beside which Debian's cannot be.
node_packages=(nodejs npm)
# libFuzzer is a part of libclang-rt; llvm has the symbolizer, without which a report names no line.
fuzz_packages=(clang libclang-rt-dev llvm)

# The build for Windows and what runs it. xz and make: for OpenSSL's source.
windows_packages=(g++-mingw-w64-x86-64-posix wine64 wine make perl ccache catch2 dpkg-dev)

say() { printf '\n==> %s\n' "$*"; }

die() {
    printf '\n%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Runs a command as root, asking sudo when we are not.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "root is needed for: $*; run it yourself, or install sudo"
    fi
}

is_installed() { [ "$(dpkg-query -Wf '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Installs what is missing of the packages named.
install_packages() {
    command -v apt-get >/dev/null || die "apt-get is missing: this script knows Debian only; README.md lists what is needed"
    local missing=() package
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing ${missing[*]}"
    as_root apt-get update -qq || die "apt-get update failed; is a Debian mirror reachable?"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
        >/dev/null || die "apt-get could not install ${missing[*]}; its message is above"
}
