#!/bin/bash
# The main job on real studies: sample volumes to DICOM, DICOM to a report, and the same again bit for bit.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${OUT:-out/demo}
tomo=build/tomo
rm -rf "$out"
mkdir -p "$out"

echo "== sample volumes (Debian packages invesalius-examples and mricron-data)"
/usr/bin/python3 tools/make_samples.py "$out/samples"

echo "== written as DICOM series (axes turned to left, posterior, head, as scanners store them)"
$tomo image reorient "$out/samples/mr.nii.gz" "$out/samples/mr-lps.nii.gz" --to LPS
$tomo convert "$out/samples/ct.nii" "$out/study-ct" --modality CT --description "Head CT" --patient-id SAMPLE-CT \
    --patient-name 'Sample^CT' --seed demo-ct
$tomo convert "$out/samples/mr-lps.nii.gz" "$out/study-mr" --modality MR --description "T1 brain" --patient-id SAMPLE-MR \
    --patient-name 'Sample^MR' --seed demo-mr
$tomo info "$out/study-ct" "$out/study-mr"

echo
echo "== CT study to report"
time $tomo pipeline "$out/study-ct" -o "$out/ct" --compare "$out/samples/ct-bone-mask.nii" \
    --compare-name "bone mask of the sample, made in InVesalius by the threshold 226 HU and above"
echo
echo "== MR study to report"
time $tomo pipeline "$out/study-mr" -o "$out/mr"
echo
echo "== the CT result repeated from its own record"
$tomo replay "$out/ct" -o "$out/ct-again"
echo
echo "Reports: $PWD/$out/ct/report.html and $PWD/$out/mr/report.html"
echo "Research use only, not for diagnosis."
