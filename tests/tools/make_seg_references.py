#!/usr/bin/env python3
"""Makes tests/cases/object/seg_highdicom.tsv: what highdicom finds in the segmentations of the test data. One line a file:
path, size, dtype, SHA-256 of the voxels (x fastest, slices along the normal), affine (LPS, row by row; - on slides).
Needs highdicom; run by hand: make_seg_references.py DATA > seg_highdicom.tsv"""
import hashlib
import sys
from pathlib import Path

import highdicom
import numpy as np

DATA = Path(sys.argv[1])
FILES = sorted([p for p in (DATA / "dicom/highdicom").glob("seg*.dcm")] +
               [DATA / "dicom/pydicom-data" / n for n in
                ("liver.dcm", "liver_j2k.dcm", "liver_nonbyte_aligned.dcm", "liver_nonbyte_aligned_j2k.dcm")] +
               [DATA / "dicom/dcmqi/sr-example/seg.dcm"] + list((DATA / "dicom/dcmqi/segmentations").glob("sparse*.dcm")))
print("# highdicom", highdicom.__version__)
for path in FILES:
    seg = highdicom.seg.segread(path)
    fractional = seg.segmentation_type == highdicom.seg.SegmentationTypeValues.FRACTIONAL
    affine = "-"
    try:
        if seg.is_tiled:
            voxels = seg.get_total_pixel_matrix(combine_segments=not fractional)[None]
        else:
            volume = seg.get_volume(combine_segments=not fractional)
            voxels, a = volume.array, volume.affine
            a = a[:, [2, 1, 0, 3]]  # columns of x, y, z
            if np.dot(np.cross(a[:3, 0], a[:3, 1]), a[:3, 2]) < 0:
                a[:3, 3] += a[:3, 2] * (len(voxels) - 1)
                a[:3, 2] *= -1
                voxels = voxels[::-1]
            affine = " ".join(f"{v:.6g}" for v in a[:3].ravel())
        if fractional:  # segments to the front: the fourth dimension
            whole = set(np.unique(voxels)) <= {0.0, 1.0}
            voxels = np.moveaxis(voxels, 3, 0)
            voxels = voxels[0].astype(np.uint8) if whole else voxels.astype(np.float32)
        else:
            voxels = voxels.astype(np.uint8 if voxels.max() < 256 else np.uint16)
    except Exception as e:  # of any kind, also of its database
        print("#", path.relative_to(DATA), type(e).__name__, str(e).splitlines()[0][:80])
        continue
    digest = hashlib.sha256(np.ascontiguousarray(voxels).tobytes()).hexdigest()
    size = "x".join(str(n) for n in reversed(voxels.shape))
    print(path.relative_to(DATA), size, voxels.dtype, digest, affine, sep="\t")
