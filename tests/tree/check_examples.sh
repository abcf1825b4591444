#!/bin/bash
# A stranger's view: the library installed into a folder of its own, the examples compiled against it by plain cc and
# pkg-config, and run on a head made of spheres (402.0 ml of bone by the formula).
# needs: every room
cd "${TOMO_SOURCE:-$(dirname "$0")/../..}" || exit 1
build=${TOMO_BUILD:-$PWD/build}
passed=0 failed=0
check() { # what, command...
    local what=$1
    shift
    if out=$("$@" 2>&1); then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $what: $out" | head -40
    fi
}
finish() { # skipped, reason
    [ -z "${2:-}" ] || echo "SKIPPED: $2"
    echo "$passed passed, $failed failed, $1 skipped"
    [ "$failed" = 0 ]
    exit
}
if grep -q '^TOMO_SANITIZE:[A-Z]*=.' "$build/CMakeCache.txt"; then
    finish 1 "a program built by plain cc can't load a library built for a sanitizer"
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
prefix=$dir/prefix
check "install" cmake --install "$build" --prefix "$prefix"
pc=$(find "$prefix" -name tomo.pc)
export PKG_CONFIG_PATH=${pc%/*} LD_LIBRARY_PATH=${pc%/pkgconfig/*}
check "pkg-config knows the prefix" grep -q "$prefix" <(pkg-config --cflags --libs tomo)
check "the installed program runs" "$prefix/bin/tomo" --version
for name in $(cd include/tomo && ls); do
    check "$name is installed" test -f "$prefix/include/tomo/$name"
done

for source in examples/*.c examples/*/*.c; do
    name=$(basename "$source" .c)
    lines=$(wc -l <"$source")
    check "$name has 40 to 100 lines, not $lines" test "$lines" -ge 40 -a "$lines" -le 100
    check "$name compiles" ${CC:-cc} -std=c17 -Wall -Wextra -Werror "$source" $(pkg-config --cflags --libs tomo) -o "$dir/$name"
    check "$name says how it is used" test "$("$dir/$name" >"$dir/out" 2>&1; echo $?) $(grep -c '^usage: ' "$dir/out")" = "2 1"
    check "$name refuses what is not there" test "$("$dir/$name" "$dir/nowhere" "$dir/no.out" >"$dir/out" 2>&1; echo $?)" = 1
    check "$name leaves nothing behind" test ! -e "$dir/no.out"
done

# linked whole, without the shared library
grep -q '^TOMO_COVERAGE:BOOL=ON' "$build/CMakeCache.txt" && coverage=--coverage
check "static" ${CC:-cc} examples/series_to_nifti.c $(pkg-config --cflags tomo) "$LD_LIBRARY_PATH/libtomo.a" \
    $(pkg-config --static --libs-only-l tomo | sed 's/-ltomo//') ${coverage:-} -o "$dir/static"

/usr/bin/python3 tests/tools/make_phantom.py "$dir/head.nii" 96
check "a DICOM series to read" "$prefix/bin/tomo" convert "$dir/head.nii" "$dir/ct" --modality CT --quiet
check "series_to_nifti" "$dir/series_to_nifti" "$dir/ct" "$dir/ct.nii"
check "its size" grep -q '^96 x 96 x 96 voxels of int16, 2.08 x 2.08 x 2.08 mm' <("$dir/series_to_nifti" "$dir/ct" "$dir/ct.nii.gz")
check "its bytes are those of tomo convert" bash -c "'$prefix/bin/tomo' convert '$dir/ct' '$dir/same.nii' && cmp '$dir/ct.nii' '$dir/same.nii'"
check "bone_volume" "$dir/bone_volume" "$dir/ct" "$dir/bone.stl"
"$dir/bone_volume" "$dir/ct" "$dir/bone.stl" 2>/dev/null >"$dir/out"
check "volume within 3 % of 402.0 ml: $(cat "$dir/out")" \
    awk '$1 == "voxels" { good = $2 > 390 && $2 < 414 && $5 == 800 } END { exit !good }' "$dir/out"
check "a closed surface: $(cat "$dir/out")" awk '$1 == "surface" { good = $NF == "closed" && $2 > 380 && $2 < 420 } END { exit !good }' "$dir/out"
check "binary STL of 84 + 50 bytes a triangle" test "$(stat -c %s "$dir/bone.stl")" = \
    $((84 + 50 * $(awk '$1 == "surface" { print $6 }' "$dir/out")))
check "basic" "$dir/basic" "$dir/ct" "$dir/first"
check "its facts" grep -q '^values -1000 to ' <("$dir/basic" "$dir/ct" "$dir/first")
check "its mask is that of the program" bash -c "'$prefix/bin/tomo' filter gauss '$dir/ct' '$dir/smooth.nii.gz' --sigma 1.5 &&
    '$prefix/bin/tomo' segment otsu '$dir/smooth.nii.gz' '$dir/mask.nii.gz' && cmp '$dir/mask.nii.gz' '$dir/first/mask.nii.gz'"
for name in smooth edges mask; do
    check "$name.png is a picture" test "$(head -c 4 "$dir/first/$name.png" | tail -c 3)" = PNG
done
finish 0
