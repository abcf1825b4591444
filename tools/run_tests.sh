#!/bin/bash
# Run every test of a build folder and add up what they say.
#     tools/run_tests.sh BUILD_DIR [--quick]
# --quick leaves out scripts with a line "# slow: why" and, in C, tests that call t_slow(). Each test program ends with
# "N passed, N failed[, N skipped]"; one that ends otherwise (crash, timeout, not built) counts as one failure, and so
# does one that exits with an error after a line without failures (a leak found at exit). The last line is the sum.
set -uo pipefail

build=${1:?usage: tools/run_tests.sh BUILD_DIR [--quick]}
filter=()
case ${2:-} in
'') ;;
--quick)
    filter=(-LE slow)
    export TOMO_QUICK=1
    ;;
*)
    echo "tools/run_tests.sh: unknown option $2" >&2
    exit 2
    ;;
esac
cd "$build" || exit 2
export ASAN_OPTIONS=${ASAN_OPTIONS-allocator_may_return_null=1} UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}

log=Testing/Temporary/LastTest.log
rm -f "$log"
names=$(ctest -N "${filter[@]}" | sed -n 's/^ *Test *#[0-9]*: \([^ ]*\).*/\1/p')
ctest --output-on-failure -j2 "${filter[@]}"
[ -f "$log" ] || log=/dev/null

# In the log a test's part begins with "N/M Testing: name"; its own output lies between "Output:" and "<end of
# output>", then comes the verdict.
{
    printf 'name %s\n' $names
    echo 'names end'
    cat "$log"
} | awk '
    !listed && $1 == "name" && NF == 2 { order[++n] = $2; next }
    !listed && $0 == "names end" { listed = 1; next }
    !output && /^[0-9]+\/[0-9]+ Testing: / { test = $3; next }
    !output && /^Output:$/ { output = 1; next }
    output && /^<end of output>/ { output = 0; next }
    output && /^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?\r?$/ {
        passed[test] = $1; failed[test] = $3; skipped[test] = $5 + 0; told[test] = 1; next
    }
    !output && /^Test Passed\.$/ { fine[test] = 1 }
    END {
        printf "\n%-28s %8s %8s %8s\n", "test", "passed", "failed", "skipped"
        for (i = 1; i <= n; i++) {
            t = order[i]
            note = ""
            if (!told[t]) {
                failed[t] = 1
                note = "  no closing line: crashed, timed out or not built"
            } else if (!fine[t] && failed[t] == 0) {
                failed[t] = 1
                note = "  failed after its closing line"
            }
            printf "%-28s %8d %8d %8d%s\n", t, passed[t], failed[t], skipped[t], note
            p += passed[t]; f += failed[t]; s += skipped[t]
        }
        if (n == 0) {
            print "no tests found"
            f = 1
        }
        printf "%d passed, %d failed, %d skipped\n", p, f, s
        exit f > 0
    }'
