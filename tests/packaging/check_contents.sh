#!/usr/bin/env bash
# Makes the Debian package of a build and holds it against what it should be.
# Usage: check_contents.sh CPACK CONFIG FILES VERSION [LINTIAN]
set -euo pipefail

cpack=$1
config=$2
expected=$3
version=$4
lintian=${5-}

# The umask is one that would be wrong in a package.
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A build that was configured with an image has a second package, which takes a minute.
(cd "$work" && "$cpack" --config "$config" -B "$work" -D CPACK_COMPONENTS_ALL=gangway \
    -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip >log 2>&1) || { cat "$work/log"; exit 1; }
package=$work/gangway_$version-1_amd64.deb
[ -f "$package" ] || { cat "$work/log"; echo "cpack did not make $package"; exit 1; }

failed=no
wrong() {
    echo "wrong: $*"
    failed=yes
}

# Mode, owner and name of each; the pages below doc/ and the image's scripts are as many as there are.
dpkg-deb --contents "$package" | awk '$1 !~ /^d/ { print $1, $2, substr($6, 2) }' >"$work/all"
grep -vE '/usr/share/(doc/gangway/[a-z0-9-]*\.md|gangway/appliance/.*)$' "$work/all" | LC_ALL=C sort -k 3 >"$work/files"
diff "$expected" "$work/files" || wrong "the package's files are not those of $expected"
for kept in doc/gangway/packages.md doc/gangway/services.md gangway/appliance/build gangway/appliance/root/usr/lib/gangway/boot; do
    grep -q " /usr/share/$kept$" "$work/all" || wrong "there is no /usr/share/$kept"
done
odd=$(dpkg-deb --contents "$package" | awk '/^d/ && ($1 != "drwxr-xr-x" || $2 != "root/root")')
[ -z "$odd" ] || wrong "directories have other modes than 0755, or other owners than root: $odd"

# says FIELD PATTERN
says() { grep -qE "$2" <<<"$(dpkg-deb --field "$package" "$1")" || wrong "$1 is \"$(dpkg-deb --field "$package" "$1")\", without $2"; }
says Package '^gangway$'
says Version "^$version-1$"
says Architecture '^amd64$'
says Maintainer '^.+ <.+@.+>$'
for need in libc6 libssl3 libstdc\\+\\+6 libzstd1 libvirt0 libvirt-daemon libvirt-daemon-driver-qemu qemu-system-x86 e2fsprogs openssh-client curl libarchive-tools; do
    says Depends "(^|, )$need( |,|$)"
done
# Those that have another name in each release of Debian would tie the package to one.
! dpkg-deb --field "$package" Depends | grep -E 'libboost|libfmt|libspdlog' ||
    wrong "the package depends on libraries that only one release of Debian has"
says Recommends '(^|, )gangway-image(,|$)'

dpkg-deb --control "$package" "$work/control"
control=$(cd "$work/control" && echo *)
[ "$control" = "control md5sums postinst postrm prerm" ] || wrong "control files are: $control"
dpkg-deb --extract "$package" "$work/root"
(cd "$work/root" && md5sum --check --quiet "$work/control/md5sums") || wrong "md5sums are of other files"
[[ $(zcat "$work/root/usr/share/doc/gangway/changelog.Debian.gz") == "gangway ($version-1) "* ]] ||
    wrong "packaging/debian/changelog does not begin with $version-1"
for unit in system user; do
    grep -q '^ExecStart=/usr/bin/gangwayd ' "$work/root/usr/lib/systemd/$unit/gangwayd.service" || wrong "the $unit unit starts another program"
done
[[ $("$work/root/usr/bin/gangway" --version) == *"$version"* ]] || wrong "gangway does not run as it is packed"

if [ -n "$lintian" ]; then "$lintian" --allow-root --fail-on error "$package" || wrong "lintian finds errors"; fi
[ $failed = no ]
