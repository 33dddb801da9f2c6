#!/bin/sh
# Fuzzes one target for GANGWAY_FUZZ_SECONDS (default 60), as ctest does for the label fuzz.
# Usage: run.sh PROGRAM CORPUS DIRECTORY [LIBFUZZER_OPTION]…
# DIRECTORY takes what is found: DIRECTORY/corpus/NAME keeps inputs that reach new code, for the
# next run; DIRECTORY/crashes gets what failed.
set -u
program=$1 seeds=$2 directory=$3
shift 3
name=$(basename "$seeds")
found=$directory/corpus/$name
crashes=$directory/crashes
mkdir -p "$found" "$crashes"
# One input may take ten seconds, a thousand times what the slowest needs: more is a hang.
"$program" "$@" -max_total_time="${GANGWAY_FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$crashes/$name-" -print_final_stats=1 "$found" "$seeds"
status=$?
[ $status -eq 0 ] || cat <<END

fuzz $name: failed. The line "does not hold", or the sanitizer's report, says why; the input is
the file that "Test unit written to" names. To reproduce it, and to make it smaller:
    $program FILE
    $program -minimize_crash=1 -runs=100000 -artifact_prefix=$crashes/$name-small- FILE
To turn it into a test: write what the input shows as a case of the part's own unit test
(tests/unit), mend the part, and copy the smaller file to
    $seeds/
under a name that says what it is about; from then on every build replays it (docs/fuzzing.md).
END
exit $status
