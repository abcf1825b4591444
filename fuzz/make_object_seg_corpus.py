#!/usr/bin/python3
"""Makes corpus/fuzz_object_seg: one small object of every kind that seg*.c, pmap.c and frames_*.c tell apart. Run by hand;
needs pydicom."""
import struct
from pathlib import Path

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset

OUT = Path(__file__).resolve().parent / "corpus/fuzz_object_seg"
SEG, MAP = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"
PMAP, RWVM = "1.2.840.10008.5.1.4.1.1.30", "1.2.840.10008.5.1.4.1.1.67"


def group(**values):
    ds = Dataset()
    for key, value in values.items():
        setattr(ds, key, value)
    return ds


def code(value, meaning):
    return group(CodeValue=value, CodingSchemeDesignator="SCT", CodeMeaning=meaning)


def segment(number):
    return group(SegmentNumber=number, SegmentLabel=f"s{number}", SegmentAlgorithmType="MANUAL",
                 RecommendedDisplayCIELabValue=[41661, 41167, 40792], TrackingID="t", TrackingUID="1.2.3",
                 SegmentedPropertyTypeCodeSequence=[code("10200004", "Liver")],
                 SegmentedPropertyCategoryCodeSequence=[code("91723000", "Anatomical Structure")])


def base(sop, frames, bits, size=(4, 4)):
    ds = FileDataset("x", {}, preamble=bytes(128))
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = sop, "1.2.3"
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.SOPClassUID, ds.SOPInstanceUID = sop, "1.2.3"
    ds.Rows, ds.Columns = size
    ds.NumberOfFrames, ds.SamplesPerPixel, ds.PhotometricInterpretation = frames, 1, "MONOCHROME2"
    ds.BitsAllocated = bits
    if bits < 32:
        ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits - 1, 0
    ds.SharedFunctionalGroupsSequence = [group(
        PixelMeasuresSequence=[group(PixelSpacing=["1", "1"], SliceThickness="2", SpacingBetweenSlices="2")],
        PlaneOrientationSequence=[group(ImageOrientationPatient=["1", "0", "0", "0", "1", "0"])])]
    return ds


def frame(z, number=None):
    one = group(PlanePositionSequence=[group(ImagePositionPatient=["0", "0", str(z)])])
    if number is not None:
        one.SegmentIdentificationSequence = [group(ReferencedSegmentNumber=number)]
    return one


def put(name, ds, key="PixelData", pixels=None):
    if pixels is not None:
        setattr(ds, key, pixels)
        if key == "PixelData":
            ds["PixelData"].VR = "OB"
    OUT.mkdir(parents=True, exist_ok=True)
    ds.save_as(OUT / name, write_like_original=False)


ds = base(SEG, 3, 1)
ds.SegmentationType, ds.SegmentSequence = "BINARY", [segment(1), segment(2)]
ds.PerFrameFunctionalGroupsSequence = [frame(4, 1), frame(0, 1), frame(4, 2)]
put("binary-overlap", ds, pixels=bytes((0xff, 0x0f, 1, 2, 0xf0, 3)))
ds.PerFrameFunctionalGroupsSequence = [frame(4, 1), frame(0, 1), frame(2, 2)]
put("binary-any-order", ds)
ds = base(SEG, 2, 8)
ds.SegmentationType, ds.SegmentationFractionalType, ds.MaximumFractionalValue = "FRACTIONAL", "PROBABILITY", 200
ds.SegmentSequence = [segment(1)]
ds.PerFrameFunctionalGroupsSequence = [frame(0, 1), frame(2, 1)]
put("fractional", ds, pixels=bytes(range(0, 224, 7)))
ds = base(MAP, 2, 8)
ds.SegmentationType, ds.SegmentSequence, ds.PixelPaddingValue = "LABELMAP", [segment(0), segment(1), segment(5)], 9
ds.PerFrameFunctionalGroupsSequence = [frame(0), frame(6)]
put("labelmap", ds, pixels=bytes((0, 1, 5, 9) * 8))
ds.PhotometricInterpretation = "PALETTE COLOR"
for color in ("Red", "Green", "Blue"):
    setattr(ds, color + "PaletteColorLookupTableDescriptor", [6, 0, 8])
    setattr(ds, color + "PaletteColorLookupTableData", bytes(range(6)))
put("labelmap-palette", ds)
for full in (True, False):
    ds = base(SEG, 8 if full else 2, 1)
    del ds.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence
    ds.TotalPixelMatrixColumns, ds.TotalPixelMatrixRows = 7, 6
    ds.ImageOrientationSlide = ["0", "-1", "0", "-1", "0", "0"]
    ds.TotalPixelMatrixOriginSequence = [group(XOffsetInSlideCoordinateSystem="3", YOffsetInSlideCoordinateSystem="4")]
    ds.DimensionOrganizationType = "TILED_FULL" if full else "TILED_SPARSE"
    ds.SegmentationType, ds.SegmentSequence = "BINARY", [segment(1), segment(2)]
    if not full:
        ds.PerFrameFunctionalGroupsSequence = [group(
            PlanePositionSlideSequence=[group(ColumnPositionInTotalImagePixelMatrix=1 + 4 * i,
                                              RowPositionInTotalImagePixelMatrix=1 + 2 * i,
                                              ZOffsetInSlideCoordinateSystem=str(i))],
            SegmentIdentificationSequence=[group(ReferencedSegmentNumber=i + 1)]) for i in range(2)]
    put("tiled-full" if full else "tiled-sparse", ds, pixels=bytes(range(16)) if full else bytes(range(4)))
mapping = group(LUTLabel="x", RealWorldValueIntercept=1.5, RealWorldValueSlope=0.25,
                MeasurementUnitsCodeSequence=[code("1", "no units")])
ds = base(PMAP, 2, 32)
ds.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence = [mapping]
ds.PerFrameFunctionalGroupsSequence = [frame(0), frame(0)]
put("map-float-twice", ds, "FloatPixelData", struct.pack("<32f", *range(32)))
ds = base(PMAP, 2, 16)
table = group(LUTLabel="t", RealWorldValueFirstValueMapped=2, RealWorldValueLastValueMapped=5,
              RealWorldValueLUTData=[0.5, 1.5, 2.5, 3.5])
ds.PerFrameFunctionalGroupsSequence = [frame(0), frame(2)]
ds.SharedFunctionalGroupsSequence[0].RealWorldValueMappingSequence = [table]
put("map-table", ds, pixels=struct.pack("<32H", *[i % 8 for i in range(32)]))
ds = base(RWVM, 1, 16)
ds.ReferencedImageRealWorldValueMappingSequence = [group(RealWorldValueMappingSequence=[mapping], ReferencedImageSequence=[
    group(ReferencedSOPClassUID="1.2", ReferencedSOPInstanceUID="1.2.3")])]
put("mapping", ds)
print(len(list(OUT.iterdir())), "files")
