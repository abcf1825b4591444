#!/usr/bin/env python3
"""Radiomics against what others published: every value of the IBSI's digital phantom (consensus values of the reference
manual, arXiv:1612.07003v11, in its own table with its tolerances) and pyradiomics' baselines of two of its test images."""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile

DATA = os.environ.get("TOMO_TEST_DATA") or os.path.join(os.environ["TOMO_SOURCE"], "..", "shared", "data")
RADIOMICS = os.path.join(DATA, "radiomics")
passed = failed = skipped = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAIL", what)


def features(image, mask, *options):
    r = subprocess.run([os.environ["TOMO"], "measure", "radiomics", image, mask, "--json", *options], capture_output=True,
                       text=True)
    if r.returncode:
        check(False, f"{options}: exit {r.returncode}: {r.stderr.strip()}")
        return []
    out = json.loads(r.stdout)
    return out.get("measures", out)["features"]


def half_of_last_digit(text):
    """The manual prints three digits; where its tolerance is 0, what rounds to them is right."""
    mantissa, _, power = text.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    step = 10.0 ** (int(power or 0) - places)
    digits = re.sub(r"[-.]", "", mantissa).lstrip("0")
    if "." not in mantissa and len(digits) > 3:
        step = 10.0 ** (len(digits) - 3)
    return step / 2


def ibsi():
    folder = os.path.join(RADIOMICS, "ibsi1-phantom")
    found = {}
    for f in features(os.path.join(folder, "phantom.nii.gz"), os.path.join(folder, "mask.nii.gz"), "--bin-width", "1",
                      "--aggregation", "all"):
        found[f["tag"] + ("_" + f["aggregation"] if "aggregation" in f else "")] = f
    with open(os.path.join(folder, "ibsi_1_dig_phantom.csv")) as file:
        for row in csv.DictReader(file, delimiter=";"):
            if not row["reference value"]:
                continue  # the IBSI has none: no consensus
            want, tag = float(row["reference value"]), row["tag"]
            tolerance = max(float(row["tolerance"] or 0), half_of_last_digit(row["reference value"]) * (1 + 1e-9))
            f = found.get(tag)
            good = f and f["value"] is not None and abs(f["value"] - want) <= tolerance and re.fullmatch("[0-9A-Z]{4}", f["code"])
            check(good, f"IBSI {tag}: {f and f['value']}, expected {want} within {tolerance:g}")


# What the settings of a baseline are in our options. Those that resample or normalize first are left out: their
# interpolator and padding are pyradiomics' own.
SETTINGS = {
    "": (("--bin-width", "25"), "3d", 0),
    "_2d": (("--bin-width", "25"), "2.5d", 0),
    "_FBN": (("--bins", "64"), "3d", 0),
    "_combined": (("--bin-width", "25"), "3d", 1),
    "_flatRegion": (("--bin-width", "5000", "--range-min", "0"), "3d", 0),
    "_resegmentation": (("--bin-width", "25", "--outliers", "3"), "3d", 0),
}


MESH = ("MeshVolume", "SurfaceArea", "SurfaceVolumeRatio", "Sphericity")


def pyradiomics():
    folder, cache = os.path.join(RADIOMICS, "pyradiomics"), {}
    for family in ("firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm", "shape"):
        with open(os.path.join(folder, f"baseline_{family}.csv")) as file:
            rows = {row["featureName"]: row for row in csv.DictReader(file)}
        for column in next(iter(rows.values())):
            case, setting = re.fullmatch("([a-zA-Z]+[0-9]?)(.*)", column).groups()
            if case not in ("brain1", "breast1") or setting not in SETTINGS:
                continue
            options, space, merged = SETTINGS[setting]
            given = rows["diagnostics_Configuration_Settings"][column]
            shift = re.search(r"'voxelArrayShift': (\d+)", given)
            key = (case, setting, family == "firstorder" and shift and shift[1])
            if key not in cache:
                more = ("--shift", key[2]) if key[2] else ()
                cache[key] = features(*(os.path.join(folder, f"{case}_{w}.nrrd") for w in ("image", "label")),
                                      "--definitions", "pyradiomics", "--aggregation", space, *options, *more)
            found = {}
            for f in cache[key]:
                if f["family"] == family and ("aggregation" not in f or f["aggregation"].endswith("_comb") == bool(merged)
                                              or family not in ("glcm", "glrlm")):
                    found[f["name"]] = f["value"]
            for name, row in rows.items():
                if not name.startswith("original_") or row[column] in ("", None):
                    continue
                want, got = float(row[column]), found.get(name.split("_")[2])
                # pyradiomics adds 2.2e-16 in logarithms and divisions. Where two voxels touch at an edge only its mesh
                # has holes; on brain1, which has such places, that is 0.22 % of the surface, 0.04 % of the volume
                mesh = case == "brain1" and name.split("_")[2] in MESH
                tolerance = (2.7e-3 if mesh else 1e-6) * max(abs(want), 1e-3)
                check(got is not None and abs(got - want) <= tolerance, f"pyradiomics {name} {column}: {got}, expected {want}")


if os.path.isdir(RADIOMICS):
    ibsi()
    pyradiomics()
else:
    skipped = 1
    print("no radiomics data")
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0)
