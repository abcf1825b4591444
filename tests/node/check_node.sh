#!/bin/bash
# The Node addon: built if stale, types checked, tests run. TOMO_BUILD is the CMake build folder (default: build/).
# needs: every room
# slow: installs packages from the npm registry the first time. Without npm, or where the registry can't be reached,
# one test counts as skipped; a build of the library for a sanitizer can't be loaded into an ordinary node.
root=${TOMO_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
export TOMO_BUILD=${TOMO_BUILD:-$root/build}
cd "$root/bindings/node" || exit 1
passed=0 failed=0
finish() { # skipped, reason
    [ -z "${2:-}" ] || echo "SKIPPED: $2"
    echo "$passed passed, $failed failed, $1 skipped"
    [ "$failed" = 0 ]
    exit
}
check() { # what, command...
    local what=$1 out
    shift
    if out=$("$@" 2>&1); then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $what:"
        echo "$out" | tail -40
        return 1
    fi
}

command -v node >/dev/null && command -v npm >/dev/null || finish 1 "node or npm is not installed"
if grep -qE '^TOMO_SANITIZE:[A-Z]*=.+|^TOMO_COVERAGE:BOOL=ON' "$TOMO_BUILD/CMakeCache.txt" 2>/dev/null; then
    finish 1 "an instrumented library can't be loaded into node"
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# node_modules/.package-lock.json is what npm installed last
if [ package-lock.json -nt node_modules/.package-lock.json ]; then
    if ! npm ci --ignore-scripts >"$dir/npm" 2>&1; then
        if grep -qE 'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|network' "$dir/npm"; then
            finish 1 "the npm registry can't be reached"
        fi
        echo "FAILED npm ci:"
        tail -40 "$dir/npm"
        failed=1
        finish 0
    fi
    touch node_modules/.package-lock.json
fi

/usr/bin/python3 tools/gen_keywords.py "$dir/keywords.gen.ts"
check "lib/keywords.gen.ts is out of date: tools/gen_keywords.py" cmp "$dir/keywords.gen.ts" lib/keywords.gen.ts
stale=$(find src build.sh "$TOMO_BUILD/libtomo.a" -newer build/tomo.node 2>/dev/null | head -1)
if [ ! -f build/tomo.node ] || [ -n "$stale" ]; then
    check "build.sh" ./build.sh || finish 0
fi
check "tsc" npx --no-install tsc -p tsconfig.json || finish 0
check "types of the tests" npx --no-install tsc -p tsconfig.test.json

npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$dir/vitest.json"
counts=$(node -e '
    const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const broken = r.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length;
    console.log(r.numPassedTests, r.numFailedTests + broken, r.numPendingTests + r.numTodoTests);' "$dir/vitest.json")
if [ -z "$counts" ]; then
    echo "FAILED vitest: no result (crashed?)"
    counts="0 1 0"
fi
read -r p f s <<<"$counts"
passed=$((passed + p)) failed=$((failed + f))

# the first example, on a head made of spheres: what it writes is what the program writes
/usr/bin/python3 "$root/tests/tools/make_phantom.py" "$dir/head.nii" 64
mkdir -p "$dir/app/node_modules" && cp "$root/examples/basic/basic.mjs" "$dir/app" && ln -s "$PWD" "$dir/app/node_modules/tomo"
node "$dir/app/basic.mjs" "$dir/head.nii" "$dir/first" >"$dir/said" 2>&1
check "examples/basic says the size: $(cat "$dir/said")" grep -q '^64 x 64 x 64 voxels of' "$dir/said"
tomo=$TOMO_BUILD/tomo
check "tomo filter gauss" "$tomo" filter gauss "$dir/head.nii" "$dir/smooth.nii.gz" --sigma 1.5 --quiet
check "tomo segment otsu" "$tomo" segment otsu "$dir/smooth.nii.gz" "$dir/mask.nii.gz" --quiet
for name in smooth mask; do
    check "its $name is the program's" cmp "$dir/$name.nii.gz" "$dir/first/$name.nii.gz"
done
for name in smooth edges mask; do
    check "$name.png is a picture" test "$(head -c 4 "$dir/first/$name.png" | tail -c 3)" = PNG
done
check "it says how it is used" test "$(node "$dir/app/basic.mjs" 2>&1 >/dev/null | grep -c '^usage: ')" = 1
check "it refuses what is not there" test "$(node "$dir/app/basic.mjs" "$dir/nowhere" "$dir/none" >"$dir/out" 2>&1; echo $?)" = 1
check "and makes no folder for it" test ! -e "$dir/none"
finish "$s"
