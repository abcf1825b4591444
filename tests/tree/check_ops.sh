#!/bin/bash
# Reference pages and TypeScript types equal what the operation tables say now (`make ops` brings them up to date), and
# the program's help names every option.
cd "${TOMO_SOURCE:-$(dirname "$0")/../..}" || exit 1
export TOMO=${TOMO:-$PWD/build/tomo}
passed=0 failed=0
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
check() {
    if [ -z "$2" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $1: $2" | head -20
    fi
}
check "generating" "$(tools/gen_ops.sh "$fresh" 2>&1)"
for file in $(cd "$fresh" && find . -type f); do
    check "$file is out of date: make ops" "$(diff -q "$fresh/$file" "$file" 2>&1)"
done
for page in docs/ops/*.md; do
    [ -f "$fresh/$page" ] || check "$page belongs to no room" "x"
done
while read -r words; do
    set -- $words
    option=${!#}
    check "tomo ${*:1:$#-1} --help does not name --$option" \
        "$("$TOMO" "${@:1:$#-1}" --help | grep -q -- "--$option\b" || echo missing)"
done < <("$TOMO" ops | /usr/bin/python3 -c '
import json, sys
for op in json.load(sys.stdin):
    for o in op["options"]:
        # work on paths has a word of its own, which its example begins with
        print(*([op["room"], op["name"]] if op["in"] else op["example"].split()[1:2]), o["name"])')
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
