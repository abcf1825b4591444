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

# examples/basic, on a head made of spheres, does what its C twin does
check "examples/basic compiles" npx --no-install tsc -p "$root/examples/basic"
/usr/bin/python3 "$root/tests/tools/make_phantom.py" "$dir/head.nii" 64
mkdir "$dir/basic"
check "examples/basic runs" node build/basic/basic.js "$dir/head.nii" "$dir/basic"
check "examples/basic says how it is used" test "$(node build/basic/basic.js 2>/dev/null; echo $?)" = 2
check "examples/basic refuses what is not there" \
    test "$(node build/basic/basic.js "$dir/none" "$dir/basic" 2>/dev/null; echo $?)" = 1
if [ -e "$TOMO_BUILD/libtomo.so" ]; then
    mkdir "$dir/basic-c"
    check "its C twin compiles" ${CC:-cc} -std=c17 -I"$root/include" "$root/examples/basic/basic.c" \
        "$TOMO_BUILD/libtomo.so" -Wl,-rpath,"$TOMO_BUILD" -o "$dir/twin"
    check "its C twin runs" "$dir/twin" "$dir/head.nii" "$dir/basic-c"
    # decoded: node has a zlib of its own, which takes the place of the system's and packs pictures another way
    check "both save the same six files" /usr/bin/python3 - "$dir/basic" "$dir/basic-c" <<'END'
import pathlib, struct, sys, zlib
def content(path):
    raw = path.read_bytes()
    if path.suffix != ".png":
        return raw
    at, packed, head = 8, b"", b""
    while at < len(raw):
        size, kind = struct.unpack(">I4s", raw[at:at + 8])
        packed += raw[at + 8:at + 8 + size] if kind == b"IDAT" else b""
        head += raw[at + 8:at + 8 + size] if kind != b"IDAT" else b""
        at += size + 12
    return head + zlib.decompress(packed)
a, b = ({p.name: content(p) for p in pathlib.Path(d).iterdir()} for d in sys.argv[1:])
assert a.keys() == b.keys() and len(a) == 6, (sorted(a), sorted(b))
assert not [n for n in a if a[n] != b[n]], [n for n in a if a[n] != b[n]]
END
fi

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
finish "$s"
