#!/usr/bin/python3
"""Make the corpora of fuzz_object_rt and fuzz_object_wave: small objects of each kind, invented, without a patient."""
import math
import struct
import sys
import warnings
from pathlib import Path

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence

warnings.simplefilter("ignore")
here = Path(__file__).resolve().parent / "corpus"
RT = "1.2.840.10008.5.1.4.1.1.481."


def item(**values):
    ds = Dataset()
    for key, value in values.items():
        setattr(ds, key, value)
    return ds


def save(target, name, ds, implicit=False):
    folder = here / target
    folder.mkdir(parents=True, exist_ok=True)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = "1.2.3"
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.1"
    ds.is_little_endian, ds.is_implicit_VR = True, implicit
    ds.save_as(folder / name, write_like_original=False)


def star(n, radius, z, shape="CLOSED_PLANAR"):
    points = []
    for i in range(n):
        r = radius * (1 + 0.4 * (i % 2))
        points += [f"{r * math.cos(6.2832 * i / n):.2f}", f"{r * math.sin(6.2832 * i / n):.2f}", f"{z}"]
    return item(ContourGeometricType=shape, NumberOfContourPoints=n, ContourData=points)


def structures():
    rois = [[star(9, 5, z) for z in (-6, -5, -4)], [star(8, 6, 0), star(8, 2, 0), star(5, 4, 4)],
            [star(1, 0, 0, "POINT"), star(3, 2, 1, "OPEN_PLANAR")], []]
    sideways = star(6, 4, 0)
    d = [float(v) for v in sideways.ContourData]
    sideways.ContourData = [f"{v:.2f}" for i in range(0, len(d), 3) for v in (d[i + 2], d[i], d[i + 1] * .9)]
    rois.append([sideways])
    ds = item(SOPClassUID=RT + "3", Modality="RTSTRUCT", StructureSetLabel="TEST")
    ds.StructureSetROISequence = Sequence(
        item(ROINumber=i + 1, ROIName=f"ROI {i}", ROIGenerationAlgorithm="MANUAL") for i in range(len(rois)))
    ds.ROIContourSequence = Sequence(
        item(ReferencedROINumber=i + 1, ROIDisplayColor=["255", "0", "9"], ContourSequence=Sequence(c))
        for i, c in enumerate(rois))
    ds.RTROIObservationsSequence = Sequence([item(ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="GTV")])
    return ds


def dose(offsets):
    ds = item(SOPClassUID=RT + "2", Modality="RTDOSE", Rows=3, Columns=4, NumberOfFrames=len(offsets), SamplesPerPixel=1,
              PhotometricInterpretation="MONOCHROME2", BitsAllocated=16, BitsStored=16, HighBit=15,
              PixelRepresentation=0, PixelSpacing=[2, 3], ImagePositionPatient=[1, 2, 5],
              ImageOrientationPatient=[1, 0, 0, 0, 1, 0], DoseUnits="GY", DoseType="PHYSICAL", DoseSummationType="PLAN",
              DoseGridScaling="0.001", GridFrameOffsetVector=offsets)
    ds.DVHSequence = Sequence([item(DVHType="CUMULATIVE", DoseUnits="GY", DVHDoseScaling=1, DVHVolumeUnits="CM3",
                                    DVHNumberOfBins=3, DVHData=[".1", "9", ".1", "5", ".1", "1"], DVHMeanDose=".2")])
    ds.PixelData = struct.pack(f"<{12 * len(offsets)}H", *range(12 * len(offsets)))
    return ds


def plan():
    ds = item(SOPClassUID=RT + "5", Modality="RTPLAN", RTPlanLabel="P", RTPlanGeometry="PATIENT")
    ds.FractionGroupSequence = Sequence([item(FractionGroupNumber=1, NumberOfFractionsPlanned=30, NumberOfBeams=1)])
    ds.DoseReferenceSequence = Sequence([item(DoseReferenceNumber=1, DoseReferenceType="TARGET", TargetPrescriptionDose=60)])
    points = Sequence([item(NominalBeamEnergy=6, GantryAngle=10, IsocenterPosition=[1, 2, 3]), item(GantryAngle=170)])
    ds.BeamSequence = Sequence([item(BeamNumber=1, BeamName="A", BeamType="DYNAMIC", ControlPointSequence=points)])
    return ds


def wave(kind, code, samples):
    bits = 8 * struct.calcsize(code)
    channel = item(ChannelLabel="I", ChannelSensitivity="1.25", ChannelSensitivityCorrectionFactor=1, ChannelBaseline=0,
                   ChannelSensitivityUnitsSequence=Sequence([item(CodeValue="uV", CodingSchemeDesignator="UCUM")]),
                   WaveformBitsStored=bits, FilterLowFrequency=".05")
    group = item(NumberOfWaveformChannels=2, NumberOfWaveformSamples=len(samples) // 2, SamplingFrequency=200,
                 WaveformBitsAllocated=bits, WaveformSampleInterpretation=kind, MultiplexGroupLabel="RHYTHM",
                 ChannelDefinitionSequence=Sequence([channel]))
    group.add_new(0x5400100A, "OB" if bits == 8 else "OW", struct.pack("<" + code, samples[4]))
    group.add_new(0x54001010, "OB" if bits == 8 else "OW", struct.pack(f"<{len(samples)}{code}", *samples))
    ds = item(SOPClassUID="1.2.840.10008.5.1.4.1.1.9.1.1", Modality="ECG", WaveformSequence=Sequence([group]))
    ds.WaveformAnnotationSequence = Sequence([item(UnformattedTextValue="sinus", ReferencedWaveformChannels=[1, 0])])
    return ds


save("fuzz_object_rt", "structures.dcm", structures())
save("fuzz_object_rt", "structures-implicit.dcm", structures(), True)
save("fuzz_object_rt", "dose.dcm", dose([0, 2, 4]))
save("fuzz_object_rt", "dose-down.dcm", dose([5, 3, 1]))
save("fuzz_object_rt", "plan.dcm", plan())
curve = [int(60 * math.sin(i / 5)) for i in range(120)]
for kind, code, samples in (("SS", "h", [9 * v for v in curve]), ("UB", "B", [v + 64 for v in curve]),
                            ("MB", "B", [v + 64 for v in curve]), ("AB", "B", [v + 64 for v in curve]),
                            ("SL", "i", [70000 * v for v in curve]), ("SV", "q", curve)):
    save("fuzz_object_wave", kind.lower() + ".dcm", wave(kind, code, samples))
sys.exit(0)
