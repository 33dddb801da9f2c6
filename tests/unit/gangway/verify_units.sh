#!/bin/sh
# Has systemd judge our units; whatever it remarks is an error.
# Usage: verify_units.sh SYSTEMD_ANALYZE DIRECTORY, which holds user/ and system/.
set -u
failed=0
for kind in user system; do
    # A runtime directory that exists: verify wants one, and a build machine has none.
    remarks=$(XDG_RUNTIME_DIR=$2 "$1" "--$kind" --man=no --recursive-errors=no verify \
        "$2/$kind/gangwayd.socket" "$2/$kind/gangwayd.service" 2>&1) || failed=1
    [ -z "$remarks" ] || { printf '%s units:\n%s\n' "$kind" "$remarks" && failed=1; }
done
exit $failed
