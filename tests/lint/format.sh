#!/bin/sh
# Fails when a source file is not formatted as .clang-format says.
# Usage: format.sh CLANG_FORMAT, in the root of the source.
set -eu
clang_format=$1
if [ -e .git ]; then
    files() { git -c safe.directory='*' ls-files --cached --others --exclude-standard -z -- '*.cpp' '*.hpp'; }
else
    files() { find . -path ./build -prune -o \( -name '*.cpp' -o -name '*.hpp' \) -print0; }
fi
# A check of nothing would pass for ever.
count=$(files | tr -cd '\0' | wc -c)
if [ "$count" -eq 0 ]; then
    echo "format.sh: no source files found in $(pwd)" >&2
    exit 1
fi
files | xargs -0 "$clang_format" --dry-run -Werror
echo "$count files are formatted"
