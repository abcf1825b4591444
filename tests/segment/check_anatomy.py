#!/usr/bin/python3
"""Body, bones, lungs, head and brain on real scans, with the figures that docs/rooms/segment.md quotes. The masks compared with
are a threshold of InVesalius' (head CT) and output of other programs (TotalSegmentator; a lung mask of unknown
making): agreement, not truth."""
import os
import plistlib
import re
import sys
import tarfile
import zlib

passed = failed = skipped = 0
try:
    import nibabel
    import numpy as np
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import tomo_ctypes as T
except (ImportError, OSError) as e:
    print("not run: %s" % e)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)
DATA = os.environ.get("TOMO_TEST_DATA", os.path.join(os.environ.get("TOMO_SOURCE", "."), "../shared/data"))
CRANIUM = "/usr/share/doc/invesalius-examples/examples/Cranium.inv3"
CH2 = "/usr/share/mricron/templates/ch2.nii.gz"
BONES = list(range(25, 51)) + list(range(69, 79)) + list(range(91, 117))  # TotalSegmentator's bones, without cartilage


def check(name, good):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED: %s" % name)


def nifti(path):
    """Array in z, y, x order and LPS geometry."""
    n = nibabel.load(os.path.join(DATA, path))
    m = np.diag([-1, -1, 1, 1]) @ n.affine
    spacing = np.linalg.norm(m[:3, :3], axis=0)
    return np.asarray(n.dataobj).T, spacing, m[:3, 3], (m[:3, :3] / spacing).ravel()


def mha(path):
    with open(os.path.join(DATA, path), "rb") as f:
        head, data = f.read().split(b"ElementDataFile = LOCAL\n", 1)
    get = dict(re.findall(r"(\w+) = (.*)", head.decode()))
    kind = {"MET_SHORT": "<i2", "MET_UCHAR": "u1"}[get["ElementType"]]
    size = [int(v) for v in get["DimSize"].split()][::-1]
    nums = {k: [float(v) for v in get[k].split()] for k in ("ElementSpacing", "Offset", "TransformMatrix")}
    return (np.frombuffer(zlib.decompress(data), kind).reshape(size), nums["ElementSpacing"], nums["Offset"],
            nums["TransformMatrix"])


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / max(1, np.count_nonzero(a) + np.count_nonzero(b))


def run(name, scan, **options):
    img = T.image(*scan)
    out = T.run("segment", name, img, **options)
    rows = {r.name.decode(): (r.confidence, r.note.decode()) for r in T.labels(out)}
    a = T.array(out).copy()
    T.free(out), T.free(img)
    for k, (c, note) in rows.items():
        print("    %-18s %.2f  %s" % (k, c, note))
    return a, rows


def declined(name, scan, word):
    for op in ("lungs",) if word == "not in the field" else ("lungs", "body", "bones"):
        a, rows = run(op, scan)
        check("%s %s" % (name, op), not a.any() and all(c == 0 and n.startswith(word) for c, n in rows.values()))


def head_ct():
    print("head CT (invesalius-examples):")
    with tarfile.open(CRANIUM) as t:
        def member(end):
            return t.extractfile(next(m for m in t.getmembers() if m.name.endswith(end))).read()
        plist = plistlib.loads(member("main.plist"))
        shape = plist["matrix"]["shape"]
        ct = np.frombuffer(member("matrix.dat"), np.int16).reshape(shape)
        mask = np.frombuffer(member("mask_0.dat"), np.uint8).reshape([n + 1 for n in shape])[1:, 1:, 1:] > 127
    scan = (ct, plist["spacing"])
    check("the package's mask is every voxel from 226 to 3071 HU", np.array_equal(mask, (ct >= 226) & (ct <= 3071)))
    body = run("body", scan)[0] > 0
    bones = run("bones", scan)[0] > 0
    same = run("bones", scan, lower=226, max_hole=0, min_volume=0)[0] > 0
    ml = np.prod(plist["spacing"]) / 1000
    print("  bones: Dice %.3f with the package's mask, %.3f with its part inside the body (outside, head rest: %.0f ml)"
          % (dice(bones, mask), dice(bones, mask & body), np.count_nonzero(mask & ~body) * ml))
    print("  bones from 226 HU without filling: %.3f, %.3f" % (dice(same, mask), dice(same, mask & body)))
    check("head bones", dice(bones, mask & body) > 0.98 and dice(same, mask & body) > 0.99)
    head = run("head", scan)[0] > 0
    print("  head and body: Dice %.3f" % dice(head, body))
    check("head is the body", dice(head, body) > 0.95)
    declined("head CT", scan, "not in the field")


def real():
    print("abdomen CT, lung bases in the field (totalseg-ct):")
    scan = nifti("segmentation/totalseg-ct/example_ct.nii.gz")
    seg = nifti("segmentation/totalseg-ct/example_seg_fast_force_split.nii.gz")[0]
    lungs = run("lungs", scan)[0]
    left, right = dice(lungs == 1, np.isin(seg, (10, 11))), dice(lungs == 2, np.isin(seg, (12, 13, 14)))
    print("  Dice with TotalSegmentator's: left %.3f, right %.3f" % (left, right))
    check("lung bases", left > 0.94 and right > 0.94)
    bones, truth = run("bones", scan)[0] > 0, np.isin(seg, BONES)
    inside = np.count_nonzero(bones & truth) / np.count_nonzero(bones)
    print("  bones: %.3f of ours within TotalSegmentator's bones, Dice %.3f (theirs hold the marrow)"
          % (inside, dice(bones, truth)))
    check("bones of the abdomen", inside > 0.95)
    body = run("body", scan)[0] > 0
    print("  body: %.4f of TotalSegmentator's organs inside" % (np.count_nonzero(body & (seg > 0)) / np.count_nonzero(seg)))
    check("organs lie in the body", np.count_nonzero(body & (seg > 0)) / np.count_nonzero(seg) > 0.998)
    print("right lung, field cut at the sides (lung-ct):")
    scan = mha("segmentation/lung-ct/3DCT_lung.mha")
    lungs, rows = run("lungs", scan)
    right = dice(lungs == 2, mha("segmentation/lung-ct/3DCT_lung_baseline_mask.mha")[0] > 0)
    print("  Dice with the mask beside it: right %.3f" % right)
    check("right lung of a cut field", right > 0.97 and not (lungs == 1).any() and rows["right lung"][0] < 0.5)
    run("lungs", mha("segmentation/lung-ct/3DCT_lung_baseline_small.mha"))
    for name in ("sts-003", "sts-008"):
        print("CT of a thigh or shoulder (%s):" % name)
        declined(name, nifti("series/%s/nifti/CT_image.nii.gz" % name), "not in the field")
    print("MR (totalseg-ct):")
    declined("MR", nifti("segmentation/totalseg-ct/example_mr_sm.nii.gz"), "declined")
    print("T1 MR of a head (brain-t1):")
    rows = run("head", nifti("segmentation/brain-t1/t1_crop.nii.gz"))[1]
    check("MR head", rows["head"][0] > 0.5)
    brains()


def brains():
    """BET's own masks were made with other settings: they are another program's output, not truth."""
    print("  brain of a 1 mm T1:")
    rows = run("brain", nifti("segmentation/brain-t1/t1_crop.nii.gz"))[1]
    check("T1 brain", rows["brain"][0] > 0.7)
    print("  brain of a 2 x 2 x 3 mm T1:")
    brain = run("brain", nifti("segmentation/brain-t1/KmeansTest_T1UCharRaw.nii.gz"))[0] > 0
    given = nifti("segmentation/brain-t1/KmeansTest_T1RawSkullStrip.nii.gz")[0] > 0
    print("  Dice %.3f with the mask beside it" % dice(brain, given))
    check("T1 brain and the mask beside it", dice(brain, given) > 0.96)
    volumes = set()
    for letters in ("RAS", "LPS", "SPR", "LIA", "ASL"):
        volumes.add(int((run("brain", nifti("volumes/nifti-orientations/%s.nii.gz" % letters))[0] > 0).sum()))
    check("one brain in any order of axes: %s" % volumes, len(volumes) == 1 and min(volumes) > 0)
    for name in ("sts-003/nifti/CT_image", "sts-003/nifti/MR_T1_image", "sts-008/nifti/MR_T1_image",
                 "sts-008/nifti/PET_image"):
        path = "series/%s.nii.gz" % name
        if os.path.exists(os.path.join(DATA, path)):
            mask, rows = run("brain", nifti(path))
            check("no brain in %s" % name, not mask.any() and rows["brain"][0] == 0)
    mask, rows = run("brain", nifti("segmentation/totalseg-ct/example_mr_sm.nii.gz"))
    check("no brain in an abdomen", not mask.any() and rows["brain"][0] == 0)


T.start(threads=2)
if os.path.exists(CRANIUM):
    head_ct()
else:
    skipped += 1
if os.path.exists(CH2):
    print("T1 MR ch2 (mricron-data):")
    found = run("brain", nifti(CH2))[0] > 0
    both = dice(found, nifti(CH2.replace("ch2", "ch2bet"))[0] > 0)
    print("  brain: Dice %.3f with ch2bet" % both)
    check("ch2 and ch2bet", both > 0.91)
else:
    skipped += 1
if os.path.isdir(DATA):
    real()
else:
    skipped += 1
print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
sys.exit(failed > 0)
