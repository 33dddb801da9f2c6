#!/bin/sh
# Flags the coroutine spellings that g++ 12 miscompiles (CONTRIBUTING.md, rules 1, 3, 4 and 5).
# Usage: coroutine_rules.sh DIRECTORY…
set -u
found=0
for directory; do
    [ -d "$directory" ] || { echo "$0: no directory $directory" >&2; exit 2; }
done
flag() {
    # $1 the rule, $2 the pattern; a line may opt out only by being written differently.
    shift_rule=$1 pattern=$2
    shift 2
    if grep -rnE --include='*.cpp' --include='*.hpp' "$pattern" "$@"; then
        echo "^ breaks coroutine rule $shift_rule (CONTRIBUTING.md)"
        found=1
    fi
}
flag 1 '(^|[^a-z_])(while|switch) *\(.*co_await' "$@"
flag 1 '(^|[^a-z_])if *\([^;]*co_await[^;]*$' "$@"
flag 3 'co_spawn\( *co_await' "$@"
# Rule 2's aggregates, too, as far as they are not named.
flag 4 'co_await [^;]*\(\{[^}]' "$@"
flag 5 '(CHECK|REQUIRE)[A-Z_]*\(.*co_await' "$@"
exit $found
