#!/bin/bash
# The shared library exports only tomo_ names, and every function that a public header promises; no room prints, exits,
# reads the environment or keeps mutable state.
# needs: every room
cd "${TOMO_SOURCE:-$(dirname "$0")/../..}" || exit 1
lib=${TOMO_BUILD:-build}/libtomo.so
passed=0 failed=0
check() { # message, lines that should be empty
    if [ -z "$2" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $1:"
        echo "$2" | head -20
    fi
}
exported=$(nm -D --defined-only "$lib" | awk '{print $3}' | sort -u)
sanitized=$(nm -D "$lib" | grep -c '__asan_\|__ubsan_\|__tsan_')
if nm "$lib" | grep -q ' __gcov_'; then
    echo "SKIPPED: libgcov is inside, which exits and reads the environment"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
check "exported without the prefix tomo_" "$(echo "$exported" | grep -v '^tomo_[a-z0-9]' | { [ "$sanitized" = 0 ] && cat || grep -v '^_'; } | grep -v '^__\(gcov\|llvm\)')"
promised=$(cat include/tomo/*.h | tr '\n' ' ' | grep -o 'TOMO_API [^;]*;' | grep -o 'tomo_[a-z0-9_]* *(' | tr -d ' (' | sort -u)
check "promised by a header but not exported" "$(comm -23 <(echo "$promised") <(echo "$exported"))"
check "exported but in no header" "$(comm -13 <(echo "$promised") <(echo "$exported" | grep '^tomo_'))"
undefined=$(nm -D --undefined-only "$lib" | awk '{print $2}' | sed 's/@.*//' | sort -u)
check "called by the library, which must not" "$(echo "$undefined" | grep -xE 'exit|_exit|abort|getenv|secure_getenv|printf|puts|putchar|system|popen|gets|strtok|setlocale|rand|srand|signal' | { [ "$sanitized" = 0 ] && cat || grep -vxE 'abort'; })"
check "sources that print, exit or read the environment" "$(grep -nE '\b(printf|puts|exit|abort|getenv|perror) *\(' src -r --include='*.c' | grep -vE '(sn|vsn|f|s)printf *\(|: *(//|\*)|_printf')"
# DW.ref.x is how C++ finds the routine that unwinds. Const tables of pointers lie in .data.rel.ro (nm calls them d, too); what may be written lies in .data, .bss, .tdata, .tbss
if [ "$sanitized" = 0 ]; then
    check "mutable state in the library" "$(objdump -t "${TOMO_BUILD:-build}"/libtomo.a | awk 'NF > 4 && $(NF-2) ~ /^\.t?(data|bss)/ && $(NF-2) !~ /rel\.ro/ && $NF !~ /^\./ && $NF !~ /^(__|lprof|DW\.ref\.)/ { print $NF }')"
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
