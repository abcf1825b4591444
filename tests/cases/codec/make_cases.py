#!/usr/bin/env python3
"""Makes the small frames of this folder: a synthetic picture of 44 x 36, encoded by DCMTK 3.6.7 (dcmcrle, dcmcjpeg,
dcmcjpls) and GDCM 3.0.21 (gdcmconv: JPEG 2000, near-lossless JPEG-LS). *.raw are the samples that went in; files named
*.decoded.raw are what DCMTK's dcmdjpeg or dcmdjpls make of the lossy ones. Needs pydicom and numpy; run by hand in an
empty folder."""
import os, subprocess
import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import generate_pixel_data_frame

OUT = os.path.dirname(os.path.abspath(__file__)) + "/"
H, W = 36, 44


def dicom(a, bits, path):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    d = FileDataset(path, {}, file_meta=meta, preamble=b"\0" * 128)
    d.is_little_endian, d.is_implicit_VR = True, False
    d.SOPClassUID, d.SOPInstanceUID = meta.MediaStorageSOPClassUID, "1.2.3"
    d.Rows, d.Columns = a.shape[:2]
    d.SamplesPerPixel = 1 if a.ndim == 2 else 3
    d.BitsAllocated, d.BitsStored, d.HighBit = 8 * a.dtype.itemsize, bits, bits - 1
    d.PixelRepresentation = 0
    d.PhotometricInterpretation = "MONOCHROME2" if a.ndim == 2 else "RGB"
    if a.ndim == 3:
        d.PlanarConfiguration = 0
    d.PixelData = a.tobytes()
    d["PixelData"].VR = "OW" if bits > 8 else "OB"
    d.save_as(path, write_like_original=False)


def encode(name, *command, decoder=None):
    subprocess.run(list(command) + ["o.dcm"], check=True, capture_output=True)
    frame = next(iter(generate_pixel_data_frame(pydicom.dcmread("o.dcm").PixelData, 1)))
    open(OUT + name, "wb").write(frame)
    if decoder:
        subprocess.run([decoder, "o.dcm", "r.dcm"], check=True, capture_output=True)
        back = pydicom.dcmread("r.dcm")
        n = W * H * back.SamplesPerPixel * back.BitsAllocated // 8
        open(OUT + name + ".decoded.raw", "wb").write(back.PixelData[:n])


y, x = np.mgrid[0:H, 0:W]
noise = np.random.default_rng(5).normal(0, 25, (H, W))
g12 = (2000 + 1200 * np.sin(x / 7.0) * np.cos(y / 5.0) + noise).astype(np.uint16)
g16 = (g12 * 16 + 3).astype(np.uint16)
g8 = (g12 >> 4).astype(np.uint8)
rgb = np.stack([g8, np.roll(g8, 5, 0), np.roll(g8, 9, 1)], -1)
for name, a, bits in (("gray16", g16, 16), ("gray12", g12, 12), ("gray8", g8, 8), ("rgb8", rgb, 8)):
    a.tofile(OUT + name + ".raw")
    dicom(a, bits, name + ".dcm")
encode("gray16.rle", "dcmcrle", "gray16.dcm")
encode("rgb8.rle", "dcmcrle", "rgb8.dcm")
encode("gray16.jls", "dcmcjpls", "gray16.dcm")
encode("rgb8.jls", "dcmcjpls", "rgb8.dcm")
encode("gray12-near.jls", "gdcmconv", "--jpegls", "--lossy", "-e", "2", "gray12.dcm", decoder="dcmdjpls")
encode("gray16.j2k", "gdcmconv", "--j2k", "gray16.dcm")
encode("rgb8.j2k", "gdcmconv", "--j2k", "rgb8.dcm")
encode("rgb8.ljpg", "gdcmconv", "--jpeg", "rgb8.dcm")
encode("gray16-sv1.ljpg", "dcmcjpeg", "+e1", "gray16.dcm")
for sv in range(2, 8):
    encode("gray16-sv%d.ljpg" % sv, "dcmcjpeg", "+el", "+sv", str(sv), "gray16.dcm")
encode("gray8.jpg", "dcmcjpeg", "+eb", "gray8.dcm", decoder="dcmdjpeg")
encode("rgb8-ybr.jpg", "dcmcjpeg", "+eb", "rgb8.dcm", decoder="dcmdjpeg")
encode("gray12.jpg", "dcmcjpeg", "+ee", "gray12.dcm", decoder="dcmdjpeg")
encode("gray12-spectral.jpg", "dcmcjpeg", "+es", "gray12.dcm", decoder="dcmdjpeg")
encode("gray12-progressive.jpg", "dcmcjpeg", "+ep", "gray12.dcm", decoder="dcmdjpeg")
