#!/bin/bash
# What git tracks: no tabs or trailing blanks in C, no lines over 120 columns, no file over 1000 lines that a person wrote,
# no path of a machine, no large file; every C file says in its first line what lives there.
cd "${TOMO_SOURCE:-$(dirname "$0")/../..}" || exit 1
passed=0 failed=0
check() {
    if [ -z "$2" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $1:"
        echo "$2" | head -20
    fi
}
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
written=$(git ls-files '*.c' '*.h' | grep -v '\.gen\.')
check "tabs in C" "$(grep -lP '\t' $written)"
check "trailing blanks" "$(grep -nP '[ \t]+$' $written | cut -c1-100)"
check "lines over 120 columns" "$(awk 'length($0) > 120 {print FILENAME ":" FNR}' $written)"
check "files over 1000 lines" "$(wc -l $written | awk '$2 != "total" && $1 > 1000')"
check "paths of a machine" "$(git grep -nE '/work/|/home/[a-z]' -- . ':!tests/tree/check_style.sh' | head)"
check "hosts of package registries" "$(git grep -lE 'registry\.npm''js|deb\.deb''ian|pypi\.o''rg' | head)"
check "files over 512 KiB" "$(git ls-files -z ':!*.gen.*' | xargs -0 du -k 2>/dev/null | awk '$1 > 512')"
check "C files that don't say what they are" "$(for f in $written; do head -1 "$f" | grep -q '^/\*' || echo "$f"; done)"
check "trademarks of unfinished work" "$(grep -nE '\bTODO\b|FIXME|\bXXX\b|not implemented|for now\b' $written | head)"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
