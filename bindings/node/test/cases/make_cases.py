#!/usr/bin/python3
"""Writes the inputs of the tests and what other programs read from them: small.dcm and small.json (pydicom 2.3),
small.nii and volume.json (nibabel 5, NumPy, SciPy). Run by hand where those are installed; the output is committed."""
import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from scipy import ndimage

here = Path(__file__).parent


def dicom():
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = "2.25.1001"
    meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    meta.ImplementationClassUID = "2.25.1"
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    ds.StudyDate, ds.StudyTime = "20261122", "101500.25"
    ds.AccessionNumber = ""
    ds.Modality, ds.Manufacturer = "CT", "Tomo"
    ds.StudyDescription = "Sch\u00e4del nativ"
    ds.PatientName, ds.PatientID = "M\u00fcller^J\u00fcrgen", "P-1"
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = "19700102", "M", "056Y"
    ds.PatientSize, ds.PatientWeight = "1.83", "81.5"
    ds.PatientComments = "one\\line, not two values"
    ds.SliceThickness = "2.5"
    ds.ImagePositionPatient = ["-10.5", "20", "1e2"]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "2.25.7", "2.25.8"
    ds.SeriesNumber, ds.InstanceNumber = "4", "17"
    ds.ReferencedSeriesSequence = Sequence([])
    for i in range(2):
        item = Dataset()
        item.SeriesInstanceUID = f"2.25.{100 + i}"
        inner = Dataset()
        inner.ReferencedSOPInstanceUID = f"2.25.{200 + i}"
        item.ReferencedInstanceSequence = Sequence([inner])
        ds.ReferencedSeriesSequence.append(item)
    ds.ProcedureCodeSequence = Sequence([])
    ds.NumberOfFrames = "3"
    ds.FrameIncrementPointer = [0x00181063]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = 4, 5
    ds.PixelSpacing = ["0.5", "0.25"]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 1
    ds.WindowCenter, ds.WindowWidth = "40", "400"
    ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
    ds.SelectorFDValue, ds.SelectorFLValue = [0.1, -2.5], [0.5]
    ds.SelectorSLValue, ds.SelectorSSValue = [-70000, 3], [-2]
    ds.SelectorULValue = [4000000000]
    ds.SelectorSVValue = [-5, -9007199254740995]
    ds.SelectorUVValue = [18446744073709551615, 7]
    ds.ICCProfile = b"\1\2\3\4"
    ds.add_new(0x00090010, "LO", "TOMO TEST")
    ds.add_new(0x00091010, "LO", ["a", "b"])
    pixels = (np.arange(60, dtype=np.int16).reshape(3, 4, 5) * 37 % 4096 - 2048).astype(np.int16)
    ds.PixelData = pixels.tobytes()
    ds.save_as(here / "small.dcm", write_like_original=False)

    back = pydicom.dcmread(here / "small.dcm")
    assert (back.pixel_array == pixels).all()
    plain = {}
    for e in back:
        if e.keyword and e.VR != "SQ" and not isinstance(e.value, bytes):
            v = e.value
            many = isinstance(v, (list, pydicom.multival.MultiValue))
            one = lambda x: str(x) if isinstance(x, (str, pydicom.valuerep.PersonName, pydicom.tag.BaseTag)) else \
                int(x) if isinstance(x, int) else float(x)
            plain[e.keyword] = [one(x) for x in v] if many else one(v)
    (here / "small.json").write_text(json.dumps({
        "made": f"pydicom {pydicom.__version__}", "values": plain, "shape": list(back.pixel_array.shape),
        "dtype": str(back.pixel_array.dtype), "pixels": back.pixel_array.ravel().tolist(),
        "json": back.to_json_dict(bulk_data_threshold=4, bulk_data_element_handler=lambda e: "#bulk"),
    }, indent=1, ensure_ascii=False) + "\n")


def volume():
    rng = np.random.default_rng(7)
    data = rng.integers(-1000, 1500, size=(7, 6, 5)).astype(np.int16)  # x, y, z
    spacing = (0.8, 1.2, 2.5)
    affine = np.diag([*spacing, 1.0]) @ np.eye(4)
    affine[:3, 3] = (-12.0, 8.0, 100.0)
    image = nib.Nifti1Image(data, affine)
    image.header.set_xyzt_units("mm")
    nib.save(image, here / "small.nii")
    back = nib.load(here / "small.nii")
    smooth = ndimage.gaussian_filter(data.astype(np.float64), [1.4 / float(z) for z in back.header.get_zooms()], mode="nearest", truncate=4.0)
    mask = data > 200
    percents = [1, 5, 50, 95, 99]
    stats = lambda v: {"min": int(v.min()), "max": int(v.max()), "mean": float(v.mean()), "std": float(v.std()),
                       "sum": int(v.astype(np.int64).sum()), "count": int(v.size),
                       "percentiles": [float(p) for p in np.percentile(v, percents)]}
    lps = np.diag([-1, -1, 1, 1]) @ back.affine  # NIfTI is RAS
    (here / "volume.json").write_text(json.dumps({
        "made": f"nibabel {nib.__version__}, NumPy {np.__version__}, SciPy {__import__('scipy').__version__}",
        "size": list(data.shape), "spacing": [float(np.float32(s)) for s in spacing],
        "origin": lps[:3, 3].tolist(), "direction": (lps[:3, :3] / np.array(spacing)).round(12).ravel().tolist(),
        "voxels": data.ravel(order="F").tolist(), "stats": stats(data), "above200": stats(data[mask]),
        "gauss14": [round(float(v), 6) for v in smooth.ravel(order="F")],
    }) + "\n")


dicom()
volume()
