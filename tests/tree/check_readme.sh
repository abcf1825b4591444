#!/bin/bash
# The README's C compiles and runs, each line of its shell runs, and every link of the documentation leads somewhere.
cd "${TOMO_SOURCE:-$(dirname "$0")/../..}" || exit 1
build=${TOMO_BUILD:-$PWD/build}
passed=0 failed=0 skipped=0
check() { # what, command...
    local what=$1
    shift
    if out=$("$@" 2>&1); then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $what: $out" | head -20
    fi
}
block() { awk -v tag="\`\`\`$1" '$0 == "```" { inside = 0 } inside { print } $0 == tag { inside = 1 }' README.md; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
root=$PWD
block c >"$dir/main.c"
block sh >"$dir/lines"
check "ten lines of shell and more, not hundreds" test "$(wc -l <"$dir/lines")" -ge 10 -a "$(wc -l <"$dir/lines")" -le 25
/usr/bin/python3 tests/tools/make_phantom.py "$dir/head.nii" 96
mkdir "$dir/bin"
ln -s "${TOMO:-$build/tomo}" "$dir/bin/tomo"
export PATH=$dir/bin:$PATH
cd "$dir" || exit 1
check "a study to work on" tomo convert head.nii scans --modality CT
if grep -q '^TOMO_SANITIZE:[A-Z]*=.' "$build/CMakeCache.txt"; then
    echo "SKIPPED: a program built by plain cc can't load a library built for a sanitizer"
    skipped=1
else
    check "the C compiles" ${CC:-cc} -std=c17 -Wall -Wextra -Werror main.c -I"$root/include" -L"$build" -ltomo \
        -Wl,-rpath,"$build" -o main
    check "the C runs" ./main
    check "and writes its file" test -s bones.nii.gz
fi
while read -r line; do
    check "$line" bash -c "$line"
done <lines
check "the report" test -s result/report.html
cd "$root" || exit 1
for page in *.md docs/*.md docs/*/*.md bindings/node/*.md; do
    for link in $(grep -o '](\([^)#]*\)' "$page" | sed 's/^](//' | grep -vE '^https?:'); do
        check "$page links to $link" test -e "$(dirname "$page")/$link"
    done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
