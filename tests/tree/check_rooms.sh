#!/bin/bash
# Rooms may be left out: the library builds from few of them, and a choice without what it needs is refused by name.
# slow: builds the library twice
cd "${TOMO_SOURCE:-$(dirname "$0")/../..}" || exit 1
passed=0 failed=0
check() { # what, command...
    local what=$1
    shift
    if out=$("$@" 2>&1); then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $what: $out" | tail -40
    fi
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
configure() { # rooms, tests
    cmake -S . -B "$dir/b" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0 -DTOMO_TESTS="${2:-OFF}" \
        -DTOMO_ROOMS="$1"
}
# The same folder both times: objects of the rooms in both are made once.
for rooms in "base;image" "base;image;codec;dicom"; do
    check "configure $rooms" configure "$rooms"
    check "build $rooms" cmake --build "$dir/b" --target tomo -j 2
    missing=$(nm -D --undefined-only "$dir/b/libtomo.so" | awk '$2 ~ /^tomo_/ { print $2 }')
    check "$rooms lacks names of other rooms: $missing" test -z "$missing"
    check "$rooms has no pipeline" test -z "$(nm -D --defined-only "$dir/b/libtomo.so" | grep tomo_pipeline_)"
done
check "configure base with its tests" configure base ON
check "tests of base alone link" cmake --build "$dir/b" --target test_base -j 2
listed=$(ctest --test-dir "$dir/b" -N | sed -n 's/^ *Test *#[0-9]*: //p')
check "base is tested where it is alone" grep -qx base <(echo "$listed")
check "nothing is registered that can't run: $listed" test -z "$(echo "$listed" | grep -v '^base$\|^tree\.')"
check "base and image alone need no codec library" test -z "$(configure 'base;image' >/dev/null 2>&1; grep -h png "$dir/b/tomo.pc")"
check "a room without what it needs is refused by name" grep -q 'dicom needs codec' <(configure "base;image;dicom" 2>&1)
check "an unknown room is refused" grep -q "no room is called 'kitchen'" <(configure "base;kitchen" 2>&1)
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
