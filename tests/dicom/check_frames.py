#!/usr/bin/python3
"""Volumes of functional groups: enhanced PET with SUV, XA, ultrasound volumes, made here with pydicom and held against
numpy; Siemens mosaics, also turned around, against dcm2niix. What is not installed is skipped."""
# needs: every room
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from checks import check, data, done, root, skip, tomo  # noqa: E402

try:
    import nibabel
    import numpy as np
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.sequence import Sequence
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid
except ImportError as missing:
    skip(missing)
    done()


def item(**values):
    ds = Dataset()
    for name, value in values.items():
        setattr(ds, name, value)
    return ds


def one(**values):
    return Sequence([item(**values)])


def begin(uid, modality, pixels):
    """An object of frames; `pixels` are frames, rows, columns."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = uid
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = generate_uid()
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = generate_uid(), generate_uid(), modality
    ds.PatientName, ds.PatientID, ds.SeriesNumber, ds.InstanceNumber = "A^B", "1", 1, 1
    ds.NumberOfFrames, ds.Rows, ds.Columns = pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.BitsAllocated = ds.BitsStored = pixels.itemsize * 8
    ds.HighBit = ds.BitsStored - 1
    ds.add_new("PixelData", "OW", pixels.tobytes())
    return ds


def convert(ds, *flags):
    """RAS affine, voxels, notes and whether it went well."""
    ds.save_as("in.dcm", write_like_original=False)
    Path("out.nii").unlink(missing_ok=True)
    r = subprocess.run([tomo, "convert", "in.dcm", "out.nii", *flags], capture_output=True, text=True, timeout=60)
    if r.returncode:
        return None, None, r.stderr
    nii = nibabel.load("out.nii")
    return nii.affine, nii.get_fdata(), r.stderr


# ---- enhanced PET ----------------------------------------------------------------------------------------------------

def pet():
    """Five planes, backwards in the file, each with its own slope; 370 MBq of the second of two agents."""
    pixels = np.random.RandomState(1).randint(0, 30000, (5, 4, 6)).astype("<u2")
    ds = begin("1.2.840.10008.5.1.4.1.1.130", "PT", pixels)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "STATIC", "NONE"]
    ds.PatientWeight, ds.PatientSize, ds.PatientSex = "75", "1.8", "M"
    ds.AttenuationCorrected = ds.DecayCorrected = "YES"
    ds.DecayCorrectionDateTime = "20200102110000.5"
    ds.RadiopharmaceuticalInformationSequence = Sequence([
        item(RadiopharmaceuticalAgentNumber=1, RadiopharmaceuticalStartDateTime="20200102100000",
             RadionuclideTotalDose="10", RadionuclideHalfLife="100"),
        item(RadiopharmaceuticalAgentNumber=2, RadiopharmaceuticalStartDateTime="20200102100000",
             RadionuclideTotalDose="370", RadionuclideHalfLife="6588")])
    ds.SharedFunctionalGroupsSequence = one(
        PixelMeasuresSequence=one(PixelSpacing=[3, 2], SliceThickness=5),
        PlaneOrientationSequence=one(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]),
        RadiopharmaceuticalUsageSequence=one(RadiopharmaceuticalAgentNumber=2),
        PETFrameTypeSequence=one(FrameType=["ORIGINAL", "PRIMARY", "STATIC", "NONE"]))
    ds.PerFrameFunctionalGroupsSequence = Sequence([item(
        FrameContentSequence=one(StackID="1", InStackPositionNumber=5 - i),
        PlanePositionSequence=one(ImagePositionPatient=[-10, -20, 100 - 5 * i]),
        PixelValueTransformationSequence=one(RescaleIntercept=0, RescaleSlope=1 + i / 4, RescaleType="BQML"))
        for i in range(5)])
    return ds, pixels


def enhanced_pet():
    ds, pixels = pet()
    values = pixels * (1 + np.arange(5) / 4)[:, None, None]
    want = values[::-1].transpose(2, 1, 0)
    affine, got, notes = convert(ds)
    check(got is not None and np.allclose(got, want, rtol=1e-6), f"enhanced PET: values {notes}")
    if got is None:
        return
    check(np.allclose(affine, [[-2, 0, 0, 10], [0, -3, 0, 20], [0, 0, 5, 80], [0, 0, 0, 1]]), f"its place: {affine}")
    left = 370e6 * 2 ** (-3600.5 / 6588)
    for kind, size in (("bw", 75000), ("bsa", 71.84 * 75 ** .425 * 180 ** .725),
                       ("lbm", 1000 * (1.10 * 75 - 128 * (75 / 180) ** 2))):
        _, got, notes = convert(ds, "--suv", kind)
        check(got is not None and np.allclose(got, want * size / left, rtol=1e-6), f"enhanced PET: SUV {kind} {notes}")
    zoned = pet()[0]
    zoned.DecayCorrectionDateTime = "20200102130000.5+0200"
    zoned.RadiopharmaceuticalInformationSequence[1].RadiopharmaceuticalStartDateTime = "20200102100000+0000"
    zoned.PixelData = ds.PixelData
    _, got, notes = convert(zoned, "--suv", "bw")
    check(got is not None and np.allclose(got, want * 75000 / left, rtol=1e-6), f"enhanced PET: offsets from UTC {notes}")
    # unit by a Real World Value Mapping that is the same line
    mapped = pet()[0]
    for i, frame in enumerate(mapped.PerFrameFunctionalGroupsSequence):
        del frame.PixelValueTransformationSequence[0].RescaleType
        mapping = item(RealWorldValueSlope=1 + i / 4, RealWorldValueIntercept=0.0,
                       MeasurementUnitsCodeSequence=one(CodeValue="g/ml{SUVbw}", CodingSchemeDesignator="UCUM",
                                                        CodeMeaning="SUV"))
        frame.RealWorldValueMappingSequence = Sequence([mapping])
    _, got, notes = convert(mapped, "--suv", "bw")
    check(got is not None and np.allclose(got, want, rtol=1e-6), f"enhanced PET: SUV in the file {notes}")
    _, got, notes = convert(mapped, "--suv", "bsa")
    check(got is not None and np.allclose(got, want * 71.84 * 75 ** .425 * 180 ** .725 / 75000, rtol=1e-6),
          f"enhanced PET: SUV of another size {notes}")
    for name, change, words in (
            ("not decayed", lambda d: setattr(d, "DecayCorrected", "NO"), "(0018,9758)"),
            ("no time", lambda d: delattr(d, "DecayCorrectionDateTime"), "(0018,9701)"),
            ("Bq for MBq", lambda d: setattr(d.RadiopharmaceuticalInformationSequence[1], "RadionuclideTotalDose",
                                             "370000000"), "in MBq"),
            ("no such agent", lambda d: setattr(d.SharedFunctionalGroupsSequence[0].RadiopharmaceuticalUsageSequence[0],
                                                "RadiopharmaceuticalAgentNumber", 3), "(0018,9729)"),
            ("no weight", lambda d: delattr(d, "PatientWeight"), "(0010,1030)"),
            ("counts", lambda d: [setattr(f.PixelValueTransformationSequence[0], "RescaleType", "CNTS")
                                  for f in d.PerFrameFunctionalGroupsSequence], "BQML")):
        bad = pet()[0]
        change(bad)
        _, got, notes = convert(bad, "--suv", "bw")
        check(got is None and words in notes, f"enhanced PET: {name} must be refused: {notes}")
    if not shutil.which("dcm2niix"):
        return skip("no dcm2niix")
    Path("folder").mkdir()
    ds.save_as("folder/in.dcm", write_like_original=False)
    subprocess.run(["dcm2niix", "-z", "n", "-b", "n", "-f", "pet", "-o", ".", "folder"], capture_output=True)
    if not Path("pet.nii").exists():
        return skip("dcm2niix makes nothing of the enhanced PET")
    theirs = nibabel.as_closest_canonical(nibabel.load("pet.nii"))
    mine = nibabel.as_closest_canonical(nibabel.Nifti1Image(want, affine))
    check(np.allclose(theirs.affine, mine.affine, atol=1e-4), f"enhanced PET: dcm2niix's place {theirs.affine}")


# ---- projections and ultrasound --------------------------------------------------------------------------------------

def xa():
    pixels = np.random.RandomState(2).randint(0, 255, (3, 4, 6)).astype("u1")
    ds = begin("1.2.840.10008.5.1.4.1.1.12.1.1", "XA", pixels)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "SINGLE PLANE", "NONE"]
    ds.SharedFunctionalGroupsSequence = one(FramePixelDataPropertiesSequence=one(
        FrameType=["ORIGINAL", "PRIMARY", "SINGLE PLANE", "NONE"], ImagerPixelSpacing=[0.4, 0.3],
        PixelIntensityRelationship="LOG", PixelIntensityRelationshipSign=1))
    ds.PerFrameFunctionalGroupsSequence = Sequence([item(FrameContentSequence=one(FrameAcquisitionNumber=1))
                                                    for _ in range(3)])
    _, got, notes = convert(ds)
    check(got is not None and np.array_equal(np.squeeze(got), pixels.transpose(2, 1, 0)), f"XA: frames {notes}")
    spacing = lambda: nibabel.load("out.nii").header.get_zooms()[:2]
    check(got is not None and np.allclose(spacing(), (0.3, 0.4)), "XA: Imager Pixel Spacing of the frame")
    ds.SharedFunctionalGroupsSequence[0].ProjectionPixelCalibrationSequence = one(
        ObjectPixelSpacingInCenterOfBeam=[0.25, 0.125])
    _, got, notes = convert(ds)
    check(got is not None and np.allclose(spacing(), (0.125, 0.25)), f"XA: calibrated to the object {notes}")
    check("no place in the patient" in notes, "XA: it is said that there is no place")


def us():
    pixels = np.random.RandomState(3).randint(0, 255, (6, 4, 5)).astype("u1")
    ds = begin("1.2.840.10008.5.1.4.1.1.6.2", "US", pixels)
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.SharedFunctionalGroupsSequence = one(
        PixelMeasuresSequence=one(PixelSpacing=[0.5, 0.25], SliceThickness=2),
        PlaneOrientationVolumeSequence=one(ImageOrientationVolume=[1.0, 0, 0, 0, 1, 0]))
    ds.PerFrameFunctionalGroupsSequence = Sequence([item(
        FrameContentSequence=one(DimensionIndexValues=[1, 1]),
        PlanePositionVolumeSequence=one(ImagePositionVolume=[0.0, 0, 2 * (2 - i % 3)]),
        ImageDataTypeSequence=one(DataType="TISSUE_INTENSITY" if i < 3 else "FLOW_VELOCITY", AliasedDataType="NO",
                                  ZeroVelocityPixelValue=0)) for i in range(6)])
    affine, got, notes = convert(ds)
    want = pixels[2::-1].transpose(2, 1, 0)
    check(got is not None and np.array_equal(got, want), f"US: the tissue's volume {notes}")
    check(affine is not None and np.allclose(np.abs(np.diag(affine))[:3], (0.25, 0.5, 2)), f"US: spacing {affine}")
    check("not of the patient" in notes, "US: whose positions they are is said")


# ---- mosaics ---------------------------------------------------------------------------------------------------------

def csa_places(b, name):
    """Offset and length of the values of a field of a version 2 CSA header."""
    at, places = 16, []
    for _ in range(struct.unpack("<I", b[8:12])[0]):
        wanted = b[at:at + 64].split(b"\0")[0].decode("latin1") == name
        items, at = struct.unpack("<I", b[at + 76:at + 80])[0], at + 84
        for _ in range(items):
            length, at = struct.unpack("<I", b[at + 4:at + 8])[0], at + 16
            if wanted:
                places.append((at, length))
            at += (length + 3) // 4 * 4
    return places


def mosaics():
    series = data / "series/mr-mosaic-siemens"
    if not shutil.which("dcm2niix") or not series.is_dir():
        return skip("mosaics: no dcm2niix or no test data")
    for folder in sorted(p for p in series.iterdir() if p.is_dir()):
        for what in ("as it is", "normal turned", "protocol's slice number"):
            here = Path(f"{folder.name}-{what.split()[0]}")
            here.mkdir()
            for path in sorted(folder.glob("*.dcm")):
                ds = pydicom.dcmread(path)
                csa = bytearray(ds[0x00291010].value)
                if what == "normal turned":
                    for at, n in csa_places(bytes(csa), "SliceNormalVector")[:3]:
                        text = bytes(csa[at:at + n]).rstrip(b"\0 ")
                        text = text[1:] if text.startswith(b"-") else b"-" + text[:n - 2]
                        csa[at:at + n] = text.ljust(n, b"\0")
                elif what != "as it is":
                    at, n = csa_places(bytes(csa), "ProtocolSliceNumber")[0]
                    csa[at:at + n] = b"4".ljust(n, b"\0")
                ds[0x00291010].value = bytes(csa)
                ds.save_as(here / path.name)
            subprocess.run(["dcm2niix", "-z", "n", "-b", "n", "-f", "theirs", "-o", here, here], capture_output=True)
            r = subprocess.run([tomo, "convert", here, here / "mine.nii"], capture_output=True, text=True)
            if r.returncode or not (here / "theirs.nii").exists():
                check(False, f"mosaic {folder.name}, {what}: {r.stderr}")
                continue
            mine, theirs = (nibabel.as_closest_canonical(nibabel.load(here / f"{n}.nii")) for n in ("mine", "theirs"))
            check(np.allclose(mine.affine, theirs.affine, atol=1e-4) and
                  np.array_equal(mine.get_fdata(), theirs.get_fdata()), f"mosaic {folder.name}, {what}: not dcm2niix's")


with tempfile.TemporaryDirectory() as name:
    os.chdir(name)
    enhanced_pet()
    xa()
    us()
    mosaics()
    os.chdir(root)
done()
