#!/bin/bash
# Run the libFuzzer targets of a build folder.
#     fuzz/run.sh BUILD replay     every corpus once
#     fuzz/run.sh BUILD SECONDS    each target for so long; what it finds is kept in BUILD/fuzz-found/TARGET
# The last line is "N passed, N failed, 0 skipped", a target counting as one.
set -uo pipefail

build=${1:?usage: fuzz/run.sh BUILD replay|SECONDS [TARGET...]}
mode=${2:?usage: fuzz/run.sh BUILD replay|SECONDS [TARGET...]}
shift 2
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$build" && pwd) || exit 2
export ASAN_OPTIONS=${ASAN_OPTIONS-allocator_may_return_null=1} UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}
passed=0 failed=0
[ $# -gt 0 ] || set -- $(cd "$here" && ls fuzz_*.c | sed 's/\.c$//')
for target in "$@"; do
    [ -x "$build/$target" ] || continue
    corpus=$here/corpus/$target found=$build/fuzz-found/$target log=$build/fuzz-found/$target.log
    mkdir -p "$found" "$corpus"
    if [ "$mode" = replay ]; then
        "$build/$target" -runs=0 -timeout=20 -rss_limit_mb=1024 "$corpus" >"$log" 2>&1
    else
        (cd "$found" && "$build/$target" -max_total_time="$mode" -max_len=16384 -timeout=20 -rss_limit_mb=1024 \
            -artifact_prefix="$found/bad-" "$found" "$corpus") >"$log" 2>&1
    fi
    if [ $? -eq 0 ]; then
        passed=$((passed + 1))
        echo "$target: fine ($(grep -E 'DONE|INITED' "$log" | tail -1 | sed 's/^[#]//'))"
    else
        failed=$((failed + 1))
        echo "$target: FAILED, see $log"
        tail -5 "$log"
    fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
