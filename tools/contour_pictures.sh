#!/bin/bash
# The pictures of contours in docs/rooms/segment.md: tools/contour_pictures.sh ABDOMEN-CT HEAD-T1 [FOLDER]
# (the abdomen of TotalSegmentator's tests, the ch2 of MRIcron; liver seed below). PATH or TOMO names the program.
set -euo pipefail
ct=$1 mr=$2 out=${3:-docs/pictures}
tomo=${TOMO:-build/tomo}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$tomo" filter diffusion "$ct" "$work/smooth.nii" --quiet
"$tomo" segment level_set "$work/smooth.nii" "$work/liver.nii" --kind threshold --lower 20 --upper 70 --center 86,47,22 \
    --radius 6 --curvature 60 --iterations 600 --rms 0.002 --quiet
"$tomo" render overlay "$ct" "$work/liver.nii" "$out/contour-level-set.png" --center 50 --width 350 --pixel 1 --quiet
"$tomo" image crop "$mr" "$work/slab.nii" --start 42,45,82 --size 96,130,12 --quiet
"$tomo" segment morph_chan_vese "$work/slab.nii" "$work/two.nii" --iterations 40 --quiet
"$tomo" render overlay "$work/slab.nii" "$work/two.nii" "$out/contour-morph-chan-vese.png" --pixel 0.5 --quiet
