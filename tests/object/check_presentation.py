#!/usr/bin/python3
"""Images as presentation states show them: values and rotation against DCMTK's dcmp2pgm, what it leaves to others
(shutters, overlays, displayed area, graphics) against numpy. The files are made here, with pydicom."""
import copy
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
try:
    import numpy as np
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.sequence import Sequence
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid
except ImportError:
    print("no pydicom or numpy\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
warnings.simplefilter("ignore")
passed = failed = skipped = 0
H, W = 48, 64


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def begin(ds, uid):
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = uid
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid()
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.PatientName, ds.PatientID, ds.StudyDate, ds.StudyTime, ds.StudyID = "A^B", "1", "20200101", "120000", "1"
    ds.PatientBirthDate = ds.PatientSex = ds.ReferringPhysicianName = ds.AccessionNumber = ""
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.InstanceNumber = "1.2.3", "1.2.3.4", 1


def image():
    ds = Dataset()
    begin(ds, "1.2.840.10008.5.1.4.1.1.2")
    ds.Modality, ds.SeriesNumber, ds.Rows, ds.Columns = "CT", 1, H, W
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    noise = np.random.RandomState(1).randint(0, 200, (H, W))
    pixels = (np.add.outer(np.arange(H) * 40, np.arange(W) * 30) + noise).astype("<u2") % 4096
    ds.add_new("PixelData", "OW", pixels.tobytes())
    return ds


def overlay(ds, group, origin, bits):
    for element, vr, value in ((0x10, "US", bits.shape[0]), (0x11, "US", bits.shape[1]), (0x40, "CS", "G"),
                               (0x50, "SS", origin), (0x100, "US", 1), (0x102, "US", 0)):
        ds.add_new((group, element), vr, value)
    raw = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    ds.add_new((group, 0x3000), "OW", raw + b"\0" * (len(raw) % 2))


def item(**values):
    ds = Dataset()
    for name, value in values.items():
        setattr(ds, name, value)
    return ds


def state(of):
    ds = Dataset()
    begin(ds, "1.2.840.10008.5.1.4.1.1.11.1")
    ds.Modality, ds.SeriesInstanceUID, ds.SeriesNumber, ds.ContentLabel = "PR", "1.2.3.5", 2, "X"
    ds.PresentationCreationDate, ds.PresentationCreationTime = "20200101", "120000"
    ds.ContentDescription = ds.ContentCreatorName = ""
    ref = item(ReferencedSOPClassUID=of.SOPClassUID, ReferencedSOPInstanceUID=of.SOPInstanceUID)
    ds.ReferencedSeriesSequence = Sequence([item(SeriesInstanceUID="1.2.3.4", ReferencedImageSequence=Sequence([ref]))])
    ds.DisplayedAreaSelectionSequence = Sequence([item(
        DisplayedAreaTopLeftHandCorner=[1, 1], DisplayedAreaBottomRightHandCorner=[W, H],
        PresentationSizeMode="SCALE TO FIT", PresentationPixelAspectRatio=[1, 1])])
    ds.SoftcopyVOILUTSequence = Sequence([item(WindowCenter="2000", WindowWidth="3000")])
    ds.PresentationLUTShape = "IDENTITY"
    return ds


def pgm(path, dtype=np.uint8):
    b = path.read_bytes()
    words = b.split(None, 4)
    return np.frombuffer(b[len(b) - int(words[1]) * int(words[2]):], dtype).reshape(int(words[2]), int(words[1]))


def ours(of, pr, shape, *flags, dtype="u1"):
    of.save_as("image.dcm", write_like_original=False)
    pr.save_as("pr.dcm", write_like_original=False)
    r = subprocess.run([tomo, "dicom", "pixels", "image.dcm", "out.raw", "--presentation", "pr.dcm", *flags],
                       capture_output=True, text=True)
    if r.returncode:
        print(r.stderr)
        return np.zeros(shape, int), r
    got = np.fromfile("out.raw", dtype).astype(int)
    return (got.reshape(shape) if got.size == np.prod(shape) else np.zeros(shape, int)), r


def theirs(what, *flags):
    """dcmp2pgm cuts grays off where Tomo rounds them."""
    r = subprocess.run(["dcmp2pgm", "--pstate", "pr.dcm", "image.dcm", "out.pgm"], capture_output=True, text=True)
    if r.returncode:
        check(False, f"{what}: dcmp2pgm: {r.stderr}")
    return pgm(Path("out.pgm")).astype(int)


def values_and_rotation():
    of = image()
    rescaled = image()
    rescaled.RescaleSlope, rescaled.RescaleIntercept, rescaled.RescaleType = "2", "-1000", "HU"
    rescaled.WindowCenter, rescaled.WindowWidth = "100", "200"
    for name, source, change in (
            ("window", of, {}), ("inverse", of, {"PresentationLUTShape": "INVERSE"}),
            ("no VOI LUT", rescaled, {"SoftcopyVOILUTSequence": None}), ("no Modality LUT", rescaled, {}),
            ("rescale", rescaled, {"RescaleSlope": "1.5", "RescaleIntercept": "-200", "RescaleType": "US"}),
            *((f"rotation {turn} {flip}", of, {"ImageRotation": turn, "ImageHorizontalFlip": flip})
              for turn in (0, 90, 180, 270) for flip in "NY")):
        pr = state(source)
        for key, value in change.items():
            if value is None:
                delattr(pr, key)
            else:
                setattr(pr, key, value)
        turned = change.get("ImageRotation", 0) % 180
        got, _ = ours(source, pr, (W, H) if turned else (H, W))
        want = theirs(name)
        check(got.shape == want.shape and abs(got - want).max() <= 1 and got.max() > got.min(), f"dcmp2pgm: {name}")


def polygon(points, y, x):
    """Even-odd for the centers of pixels; points are x, y from 1, a vertex is its pixel's center."""
    inside = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1]):
        if y0 != y1:
            inside ^= ((y0 <= y) != (y1 <= y)) & (x >= x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside


def shutters():
    of = image()
    plain, _ = ours(of, state(of), (H, W))
    y, x = np.mgrid[1:H + 1, 1:W + 1]
    corners = [(6, 5), (50, 5), (60, 40), (30, 25), (8, 45)]
    shapes = {"RECTANGULAR": (x >= 10) & (x <= 50) & (y >= 5) & (y <= 40),
              "CIRCULAR": (y - 20) ** 2 + (x - 30) ** 2 <= 15 ** 2}
    for shape in ("RECTANGULAR", "CIRCULAR", "POLYGONAL", ["RECTANGULAR", "CIRCULAR"]):
        pr = state(of)
        pr.ShutterShape, pr.ShutterPresentationValue = shape, 30000
        pr.ShutterLeftVerticalEdge, pr.ShutterRightVerticalEdge = 10, 50
        pr.ShutterUpperHorizontalEdge, pr.ShutterLowerHorizontalEdge = 5, 40
        pr.CenterOfCircularShutter, pr.RadiusOfCircularShutter = [20, 30], 15
        pr.VerticesOfThePolygonalShutter = [v for p in corners for v in (p[1], p[0])]
        got, _ = ours(of, pr, (H, W))
        if shape == "POLYGONAL":  # its edge is drawn, a line's pixels are within one of it
            open_ = polygon(corners, y, x)
            near = np.zeros_like(open_)
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    near |= np.roll(open_, (dy, dx), (0, 1)) != open_
            check(np.array_equal(got[~near], np.where(open_, plain, round(30000 / 257))[~near]), "shutter POLYGONAL")
            check((got[open_] == plain[open_]).all(), "shutter POLYGONAL: all that is inside is shown")
            continue
        open_ = np.logical_and.reduce([shapes[s] for s in ([shape] if isinstance(shape, str) else shape)])
        check(np.array_equal(got, np.where(open_, plain, round(30000 / 257))), f"shutter {shape}")
    wide, _ = ours(of, pr, (H, W), "--bits", "16", dtype="<u2")
    check(wide[0, 0] == 30000, "shutter: all 16 bits of its value")


def layers(pr, *rows):
    pr.GraphicLayerSequence = Sequence([])
    for name, order, gray in rows:
        layer = item(GraphicLayer=name, GraphicLayerOrder=order)
        if gray is not None:
            layer.GraphicLayerRecommendedDisplayGrayscaleValue = gray
        pr.GraphicLayerSequence.append(layer)


def overlays():
    of = image()
    random = np.random.RandomState(2)
    small, whole = (random.rand(20, 30) > .5).astype("u1"), (random.rand(H, W) > .8).astype("u1")
    overlay(of, 0x6000, [5, 8], small)
    overlay(of, 0x6002, [1, 1], whole)
    plain, _ = ours(of, state(of), (H, W))
    bare = copy.deepcopy(of)
    del bare[0x60003000], bare[0x60023000]
    check(np.array_equal(plain, ours(bare, state(of), (H, W))[0]), "overlays that are not activated are not shown")
    pr = state(of)
    layers(pr, ("L1", 1, None), ("L2", 2, 20000))
    pr.add_new((0x6000, 0x1001), "CS", "L2")
    pr.add_new((0x6002, 0x1001), "CS", "L1")
    want = plain.copy()
    want[whole == 1] = 255
    want[4:24, 7:37][small == 1] = round(20000 / 257)
    check(np.array_equal(ours(of, pr, (H, W))[0], want), "overlays in the order of their layers")
    pr.ImageRotation, pr.ImageHorizontalFlip = 90, "Y"
    check(np.array_equal(ours(of, pr, (W, H))[0], np.fliplr(np.rot90(want, -1))), "overlays turn with the image")
    check(np.array_equal(ours(of, pr, (W, H), "--no-overlays")[0], np.fliplr(np.rot90(plain, -1))), "--no-overlays")
    pr = state(of)
    overlay(pr, 0x6004, [1, 1], whole)
    pr.ShutterShape, pr.ShutterOverlayGroup, pr.ShutterPresentationValue = "BITMAP", 0x6004, 25000
    want = np.where(whole == 1, round(25000 / 257), plain)
    check(np.array_equal(ours(of, pr, (H, W))[0], want), "bitmap shutter of the state")


def areas():
    of = image()
    plain, _ = ours(of, state(of), (H, W))
    pr = state(of)
    area = pr.DisplayedAreaSelectionSequence[0]
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [11, 6], [30, 20]
    check(np.array_equal(ours(of, pr, (15, 20))[0], plain[5:20, 10:30]), "displayed area")
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [-3, -1], [W + 2, H]
    check(np.array_equal(ours(of, pr, (H + 2, W + 6))[0], np.pad(plain, ((2, 0), (4, 2)))), "area past the image")
    # rotated by 90 the corner that is displayed top left is the image's bottom left (C.10.4)
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [11, 20], [30, 6]
    pr.ImageRotation, pr.ImageHorizontalFlip = 90, "N"
    check(np.array_equal(ours(of, pr, (20, 15))[0], np.rot90(plain[5:20, 10:30], -1)), "area of a turned image")
    pr.ImageRotation = 0
    area.PresentationSizeMode, area.PresentationPixelMagnificationRatio = "MAGNIFY", 2.0
    got = ours(of, pr, (30, 40))[0]
    crop = plain[5:20, 10:30]
    check(abs(got[::2, ::2] - crop).max() <= 128 and got.min() >= plain.min(), "MAGNIFY")
    area.PresentationSizeMode, area.PresentationPixelAspectRatio = "SCALE TO FIT", [2, 1]
    check(ours(of, pr, (30, 20))[0].any(), "pixels twice as high as wide")


def graphics():
    of = image()
    plain, _ = ours(of, state(of), (H, W))
    pr = state(of)
    layers(pr, ("UP", 5, 0), ("LOW", 1, 65535))

    def graphic(kind, *points, filled="N", units="PIXEL"):
        return item(GraphicAnnotationUnits=units, GraphicDimensions=2, NumberOfGraphicPoints=len(points) // 2,
                    GraphicData=[float(p) for p in points], GraphicType=kind, GraphicFilled=filled)

    pr.GraphicAnnotationSequence = Sequence([
        item(GraphicLayer="UP", GraphicObjectSequence=Sequence([graphic("POLYLINE", 20.5, 0.5, 20.5, 47.5)])),
        item(GraphicLayer="LOW", GraphicObjectSequence=Sequence([
            graphic("POLYLINE", 5.5, 10.5, 60.5, 10.5), graphic("CIRCLE", 40, 30, 40, 40, filled="Y"),
            graphic("POINT", 3.5, 3.5), graphic("POLYLINE", 0, 0.9, 1, 0.9, units="DISPLAY")]),
            TextObjectSequence=Sequence([item(UnformattedTextValue="x", AnchorPoint=[1.0, 1.0], AnchorPointVisibility="N",
                                              AnchorPointAnnotationUnits="PIXEL")]))])
    got, r = ours(of, pr, (H, W))
    y, x = np.mgrid[0:H, 0:W] + 0.5
    distance = np.hypot(x - 40, y - 30)
    check((got[:, 20] == 0).all(), "the higher layer is above")
    check((got[10, [5, 6, 19, 21, 40, 60]] == 255).all() and got[10, 4] == plain[10, 4] and got[10, 61] == plain[10, 61],
          "a line from pixel to pixel")
    check((got[distance < 9.5] == 255).all(), "a filled circle")
    free = (distance > 11) & (y != 10.5) & (x != 20.5) & (y < 42) & ((x > 6) | (y > 6))
    check(np.array_equal(got[free], plain[free]), "nothing else is drawn")
    check((got[2:5, 2:5] == 255).all(), "a point")
    check((got[43, [0, 30, 63]] == 255).all(), "a line on the display")
    check("1 texts" in r.stderr, "texts are said not to be drawn")
    pr.ImageRotation, pr.ImageHorizontalFlip = 180, "N"
    turned, _ = ours(of, pr, (H, W))
    check((turned[:, W - 21] == 0).all() and (turned[H - 11, [W - 6, W - 61]] == 255).all(), "graphics turn along")


def refusals():
    of = image()
    other = state(image())
    of.save_as("image.dcm", write_like_original=False)
    other.save_as("pr.dcm", write_like_original=False)
    r = subprocess.run([tomo, "dicom", "pixels", "image.dcm", "out.png", "--presentation", "pr.dcm"],
                       capture_output=True, text=True)
    check(r.returncode != 0 and "is not for frame 1" in r.stderr, "a state of another image")
    r = subprocess.run([tomo, "dicom", "pixels", "image.dcm", "out.png", "--presentation", "image.dcm"],
                       capture_output=True, text=True)
    check(r.returncode != 0 and "presentation state" in r.stderr, "no presentation state")


if not shutil.which("dcmp2pgm"):
    print("no dcmp2pgm\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
here = os.getcwd()
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    values_and_rotation()
    shutters()
    overlays()
    areas()
    graphics()
    refusals()
    os.chdir(here)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0)
