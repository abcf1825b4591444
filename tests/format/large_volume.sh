#!/bin/bash
# A volume of 6 GB through 1 GB of address space: .nii to .nii.gz, .tif and back, byte for byte. Not part of `make test`:
# it writes 7 GB.      tests/format/large_volume.sh [FOLDER]
# Runs the program $TOMO, else build/tomo. The last line is "N passed, N failed, 0 skipped".
cd "${TOMO_SOURCE:-$(dirname "$0")/../..}" || exit 1
tomo=${TOMO:-$PWD/build/tomo}
dir=$(mktemp -d "${1:-/tmp}/large.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
check() { # what, command...
    local what=$1
    shift
    if out=$( (ulimit -v 1048576; "$@") 2>&1); then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED $what: $out" | head -5
    fi
}
/usr/bin/python3 - "$dir/large.nii" <<'END'
import struct, sys
x, y, z = 1600, 1200, 1600  # int16: 6144000000 bytes
h = bytearray(544)
struct.pack_into("<i8shh8q", h, 0, 540, b"n+2\0\r\n\032\n", 4, 16, 3, x, y, z, 1, 1, 1, 1)
struct.pack_into("<8d", h, 104, 1, 0.5, 0.5, 0.5, 1, 1, 1, 1)
struct.pack_into("<qdd", h, 168, 544, 1, 0)
struct.pack_into("<ii6d12d", h, 344, 0, 1, *[0] * 6, .5, 0, 0, 0, 0, .5, 0, 0, 0, 0, .5, 0)
struct.pack_into("<i", h, 500, 10)
with open(sys.argv[1], "wb") as f:  # sparse but for a row of each slice
    f.write(h)
    for k in range(z):
        f.seek(544 + (k * x * y + k % y * x) * 2)
        f.write(struct.pack(f"<{x}h", *((i * k) % 30000 for i in range(x))))
    f.truncate(544 + x * y * z * 2)
END
want=$(tail -c +545 "$dir/large.nii" | sha256sum)
voxels() { tail -c +545 "$1" | sha256sum; }
check "mapping it is refused by the system" bash -c "! $tomo image stats $dir/large.nii $dir/none.json"
check ".nii to .nii.gz" "$tomo" convert "$dir/large.nii" "$dir/large.nii.gz" --level 1 --version 2
[ "$(gzip -dc "$dir/large.nii.gz" | tail -c +545 | sha256sum)" = "$want" ]
check "gzip reads the same voxels" test $? = 0
rm "$dir/large.nii"
check ".nii.gz to BigTIFF" "$tomo" convert "$dir/large.nii.gz" "$dir/large.tif" --compression deflate
check "BigTIFF to .nii" "$tomo" convert "$dir/large.tif" "$dir/back.nii" --version 2
[ "$(voxels "$dir/back.nii")" = "$want" ]
check "the same voxels come back" test $? = 0
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
