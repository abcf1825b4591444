#!/usr/bin/python3
"""Make fuzz/corpus/fuzz_deid_dataset: small data sets that reach the branches of the engine. Needs pydicom."""
import io
import os
import struct

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

HERE = os.path.dirname(os.path.abspath(__file__))


def patient(sop_class):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.SOPClassUID, ds.SOPInstanceUID, ds.StudyInstanceUID = sop_class, "1.2.3", "1.2.4"
    ds.PatientName, ds.PatientID, ds.StudyDate, ds.PatientAge = "A^B", "4711", "20040229", "093Y"
    ds.SeriesDescription, ds.Manufacturer, ds.AcquisitionDateTime = "CT CHEST", "B 4711", "2004"
    ds.private_block(9, "ACME", create=True).add_new(1, "LO", "x")
    ds.private_block(0x19, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", "5")
    return ds


def pixels(ds):
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 48, 8, 8, 7, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.Modality = 1, "MONOCHROME2", "US"
    ds.PixelData = bytes(255 if x % 6 < 2 and 3 < y < 12 else 40 for y in range(16) for x in range(48))
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0, region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 0, 0, 47, 13
    ds.SequenceOfUltrasoundRegions = Sequence([region])
    return ds


def report(ds):
    item = Dataset()
    item.ValueType, item.TextValue, item.PersonName = "TEXT", "A", "A^B"
    ds.ContentSequence = Sequence([item])
    ds.GraphicAnnotationSequence = Sequence([item])
    ds.ReferencedImageSequence = Sequence([item])
    return ds


def main():
    to = os.path.join(HERE, "corpus", "fuzz_deid_dataset")
    os.makedirs(to, exist_ok=True)
    sets = {"image": pixels(patient("1.2.840.10008.5.1.4.1.1.6.1")), "report": report(patient("1.2.840.10008.5.1.4.1.1.88.11")),
            "enhanced": patient("1.2.840.10008.5.1.4.1.1.2.1")}
    for number, (name, ds) in enumerate(sets.items()):
        f = io.BytesIO()
        ds.save_as(f, write_like_original=False)
        for choice in (0, 7, 8 + number):
            with open(os.path.join(to, "%s_%d" % (name, choice)), "wb") as out:
                out.write(struct.pack("B", choice) + f.getvalue())


if __name__ == "__main__":
    main()
