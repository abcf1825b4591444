#!/usr/bin/python3
"""Reports, key objects, presentation states and documents against others: pydicom walks the same trees, DCMTK reads
what Tomo wrote and Tomo what DCMTK wrote, dciodvfy finds no error, dcmp2pgm renders what a state says."""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
data = Path(os.environ.get("TOMO_TEST_DATA", root.parent / "shared/data")) / "dicom"
passed = failed = skipped = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def skip(what):
    global skipped
    skipped += 1
    print("skipped:", what)


def run(*words):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, errors="replace", timeout=120)


def ours(*words):
    r = run(tomo, *words)
    check(r.returncode == 0, f"tomo {' '.join(map(str, words))}: exit {r.returncode} {r.stderr[-200:]}")
    return r.stdout


def valid(path, known=True):
    """No Error line of dciodvfy; `known`: it has the class in its tables."""
    if not shutil.which("dciodvfy"):
        return skip("dciodvfy is not installed")
    out = run("dciodvfy", path)
    errors = [line for line in (out.stdout + out.stderr).splitlines() if line.startswith("Error")]
    if not known:
        errors = [e for e in errors if "Information Object Not found" not in e]
    check(not errors, f"dciodvfy {path}: {errors[:3]}")


# ---- the same tree as pydicom's --------------------------------------------------------------------------------------

def code_of(item, name):
    seq = item.get(name)
    if not seq:
        return None
    c = seq[0]
    value = c.get("CodeValue") or c.get("LongCodeValue") or c.get("URNCodeValue") or ""
    return [str(value), str(c.get("CodingSchemeDesignator", "")), str(c.get("CodeMeaning", ""))]


def plain(c):
    return c and [c.get("value", ""), c.get("scheme", ""), c.get("meaning", "")]


TEXTS = {"TEXT": "TextValue", "DATETIME": "DateTime", "DATE": "Date", "TIME": "Time", "UIDREF": "UID",
         "PNAME": "PersonName"}


def theirs(item, depth=0):
    kind = item.get("ValueType")
    row = [depth, item.get("RelationshipType", ""), kind or "BY REFERENCE", code_of(item, "ConceptNameCodeSequence")]
    value = None
    if kind in TEXTS:
        value = str(item.get(TEXTS[kind]) or "").replace("\r", "").strip()
    elif kind == "CODE":
        value = code_of(item, "ConceptCodeSequence")
    elif kind == "NUM":
        m = (item.get("MeasuredValueSequence") or [None])[0]
        number = m and m.get("FloatingPointValue", m.get("NumericValue"))  # the float has more digits, PS3.3 C.18.1
        value = m and [None if number in (None, "") else float(number), code_of(m, "MeasurementUnitsCodeSequence")]
    elif kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        r = item.ReferencedSOPSequence[0]
        frames = r.get("ReferencedFrameNumber")
        frames = [int(f) for f in (frames if not isinstance(frames, (int, str)) else [frames])] if frames else []
        value = [str(r.ReferencedSOPClassUID), str(r.ReferencedSOPInstanceUID), frames]
    elif kind in ("SCOORD", "SCOORD3D"):
        value = [item.GraphicType, [float(v) for v in item.GraphicData]]
    rows = [row + [value]]
    for child in item.get("ContentSequence", []):
        rows += theirs(child, depth + 1)
    return rows


def tomos(node, depth=0):
    kind = node["type"]
    row = [depth, node.get("relation", ""), kind, plain(node.get("name"))]
    value = None
    if kind in TEXTS:
        value = node.get("text", "").replace("\r", "").strip()
    elif kind == "CODE":
        value = plain(node.get("code"))
    elif kind == "NUM":
        value = [node["number"], plain(node.get("unit"))] if "unit" in node or "text" in node else None
    elif "reference" in node:
        r = node["reference"]
        value = [r["class"], r["instance"], r.get("frames", [])]
    elif "shape" in node:
        value = [node["shape"]["kind"], [v for p in node["shape"]["points"] for v in p]]
    rows = [row + [value]]
    for child in node.get("content", []):
        rows += tomos(child, depth + 1)
    return rows


REPORTS = ["pydicom/reportsi.dcm", "pydicom/reportsi_with_empty_number_tags.dcm", "pydicom/test-SR.dcm",
           "ct-all-syntaxes/no-pixel-data.dcm", "dcmqi/sr-example/sr.dcm", "dcmjs/structured_report.dcm",
           "dcmjs/sample-sr.dcm", "misc/sr_tid1500_measurement_report.dcm", "encapsulation/report_dfl",
           "misc/kos_key_object_selection.dcm", "highdicom/sr_document.dcm",
           "highdicom/sr_document_with_multiple_groups.dcm"]


def compare_tree(path, pydicom):
    shown = json.loads(ours("dicom", "show", "--json", path))
    a, b = tomos(shown["content"]), theirs(pydicom.dcmread(path))
    check(len(a) == len(b), f"{path}: {len(a)} content items, pydicom has {len(b)}")
    for mine, other in zip(a, b):
        if mine != other:
            return check(False, f"{path}: {mine} is to pydicom {other}")
    check(True, path)
    text = ours("dicom", "show", path)
    check(len([line for line in text.split("\n\n", 1)[1].splitlines() if line.strip()]) >= len(a), f"{path}: text is short")


def compare_dsrdump(path):
    """The same tree as DCMTK prints, where it reads the file: depth, relationship and type of each item."""
    if not shutil.which("dsrdump"):
        return skip("dsrdump is not installed")
    r = run("dsrdump", "-Er", "-Ev", "-Ec", "-Ee", path)
    short = {"has concept mod": "HAS CONCEPT MOD", "has obs context": "HAS OBS CONTEXT", "inferred from": "INFERRED FROM",
             "has acq context": "HAS ACQ CONTEXT", "has properties": "HAS PROPERTIES", "contains": "CONTAINS",
             "selected from": "SELECTED FROM", "": ""}
    line = re.compile(r"^( *)<((?:has concept mod|has obs context|has acq context|has properties|contains|inferred from|"
                      r"selected from)?) ?(?:([A-Z0-9]+):|[0-9.]+>)", re.M)  # the latter: an item by its place
    items = [[len(m[1]) // 2, short[m[2]], m[3] or "BY REFERENCE"] for m in line.finditer(r.stdout)]
    if r.returncode or not items:
        return skip(f"dsrdump does not read {path.name}")
    nodes = [row[:3] for row in tomos(json.loads(ours("dicom", "show", "--json", path))["content"])]
    check(items == nodes, f"{path.name}: {len(nodes)} content items, dsrdump prints {len(items)}, or in another order")


def reports():
    warnings.simplefilter("ignore")
    try:
        import pydicom
    except ImportError:
        return skip("reports against pydicom: it is not installed")
    for name in REPORTS:
        compare_tree(data / name, pydicom)
        compare_dsrdump(data / name)


# ---- written ---------------------------------------------------------------------------------------------------------

CODES = {"nodule": ["27925004", "SCT", "Nodule"], "long": ["103339001", "SCT", "Long Axis"],
         "volume": ["118565006", "SCT", "Volume"]}
FINDINGS = {
    "observer": "Doe^Jane", "images": [{"file": "slice.dcm"}],
    "groups": [
        {"tracking_id": "Lesion 1", "category": ["49755003", "SCT", "Morphologically Abnormal Structure"],
         "finding": CODES["nodule"], "site": ["39607008", "SCT", "Lung"], "laterality": ["24028007", "SCT", "Right"],
         "algorithm": "by hand", "algorithm_version": "1", "session": "1",
         "measurements": [{"name": CODES["long"], "value": 12.345678901234567, "unit": "mm",
                           "method": ["126714", "DCM", "RECIST 1.1"]}],
         "evaluations": [{"name": ["386053000", "SCT", "Evaluation"], "code": ["371928007", "SCT", "Not significant"]}],
         "regions": [{"shape": {"kind": "POLYLINE", "points": [[10.5, 20], [30, 20], [30, 40], [10.5, 20]]},
                      "image": {"file": "slice.dcm"}}]},
        {"tracking_id": "In the patient", "finding": CODES["nodule"],
         "measurements": [{"name": CODES["volume"], "value": 200, "unit": ["mm3", "UCUM", "cubic millimeter"]}],
         "regions": [{"shape": {"kind": "POLYGON", "points": [[1, 2, 3], [4, 5, 3], [6, 1, 3], [1, 2, 3]]}}]},
        {"tracking_id": "Segment", "finding": CODES["nodule"], "segment": {"file": "seg.dcm", "segments": [1]},
         "sources": [{"file": "slice.dcm"}], "measurements": [{"name": CODES["volume"], "value": 1e-30, "unit": "mm3"}]},
        {"tracking_id": "Image", "sources": [{"file": "slice.dcm"}],
         "measurements": [{"name": ["112031", "DCM", "Attenuation Coefficient"], "value": None,
                           "qualifier": ["114000", "DCM", "Not a number"]}]}]}


def images_under_regions(item):
    """IMAGE items that an SCOORD is SELECTED FROM."""
    for child in item.get("ContentSequence", []):
        if item.get("ValueType") == "SCOORD" and child.get("RelationshipType") == "SELECTED FROM":
            yield child
        yield from images_under_regions(child)


def region_images(path):
    import pydicom
    return ["%s %s %s" % (c.CodeValue, c.CodingSchemeDesignator, c.CodeMeaning)
            for image in images_under_regions(pydicom.dcmread(path)) for c in image.ConceptNameCodeSequence]


def names_of_region_images(groups):
    """TID 1410 and 1411 prescribe none, others write 111040 (highdicom before 0.24), 260753009, 121324 or none at all."""
    import pydicom
    for value, scheme, meaning in (("111040", "DCM", "Original Source"), ("121324", "DCM", "Source Image"), (None,) * 3):
        ds = pydicom.dcmread("sr.dcm")
        for image in images_under_regions(ds):
            if value:
                c = image.ConceptNameCodeSequence[0]
                c.CodeValue, c.CodingSchemeDesignator, c.CodeMeaning = value, scheme, meaning
            else:
                del image.ConceptNameCodeSequence
        ds.save_as("named.dcm")
        again = json.loads(ours("dicom", "show", "--json", "named.dcm"))["groups"]
        check(again == groups, f"an image named {meaning} is read otherwise")


def tables():
    """The 4 by 4 matrix of PS3.3 C.18.10.1.2, by pydicom, in the three ways of encoding: the same cells."""
    import pydicom
    matrix = [[1.0, 0.25, 0, -7.5], [0, 1, 0, 12], [0, -0.25, 1, 3], [0, 0, 0, 1]]

    def cells(values, row=None, column=None):
        c = pydicom.Dataset()
        if row:
            c.TableRowNumber = row
        if column:
            c.TableColumnNumber = column
        c.SelectorAttributeVR, c.SelectorFDValue = "FD", values
        return c

    ways = {"cells": [cells(matrix[r][c], r + 1, c + 1) for r in range(4) for c in range(4)],
            "rows": [cells(matrix[r], row=r + 1) for r in range(4)],
            "columns": [cells([row[c] for row in matrix], column=c + 1) for c in range(4)]}
    for name, sequence in ways.items():
        table, item, ds = pydicom.Dataset(), pydicom.Dataset(), pydicom.dcmread("sr.dcm")
        table.NumberOfTableRows = table.NumberOfTableColumns = 4
        table.CellValuesSequence = sequence
        item.RelationshipType, item.ValueType, item.TabulatedValuesSequence = "CONTAINS", "TABLE", [table]
        ds.ContentSequence.append(item)
        ds.save_as("table.dcm")
        read = json.loads(ours("dicom", "show", "--json", "table.dcm"))["content"]["content"][-1]["table"]
        check(read["rows"] == read["columns"] == 4 and [c["number"] for c in read["cells"]] == sum(matrix, []) and
              [(c["row"], c["column"]) for c in read["cells"]] == [(r + 1, c + 1) for r in range(4) for c in range(4)],
              f"a table by {name}: {read}")


def write_report():
    Path("findings.json").write_text(json.dumps(FINDINGS))
    ours("report", "sr", "findings.json", "sr.dcm", "--like", "slice.dcm", "--seed", "a")
    valid("sr.dcm")
    compare_dsrdump(Path("sr.dcm"))
    shown = json.loads(ours("dicom", "show", "--json", "sr.dcm"))
    groups = shown["groups"]
    check([g["kind"] for g in groups] == ["planar", "planar", "volume", "image"], "kinds of groups")
    check(groups[0]["measurements"][0]["value"] == 12.345678901234567, "all digits of a number")
    check(groups[0]["regions"][0]["shape"]["points"] == [[10.5, 20], [30, 20], [30, 40], [10.5, 20]], "coordinates")
    check(groups[3]["measurements"][0]["value"] is None, "a number that is none")
    check(region_images("sr.dcm") == ["260753009 SCT Source"], f"the name of what a region is of: {region_images('sr.dcm')}")
    check(groups[0]["regions"][0]["image"]["instance"] == ours("dicom", "get", "slice.dcm", "SOPInstanceUID").strip(),
          "image of a region")
    names_of_region_images(groups)
    tables()
    check(shown["evidence"] and all("series" in e and "study" in e for e in shown["evidence"]), "evidence is placed")
    Path("again.json").write_text(json.dumps({"groups": groups}))
    ours("report", "sr", "again.json", "sr2.dcm", "--like", "slice.dcm")
    check(json.loads(ours("dicom", "show", "--json", "sr2.dcm"))["groups"] == groups, "what show prints goes in again")
    ours("report", "sr", "findings.json", "sr3.dcm", "--like", "slice.dcm", "--seed", "a", "--document", "comprehensive3d")
    check(ours("dicom", "get", "sr3.dcm", "SOPInstanceUID") == ours("dicom", "get", "sr.dcm", "SOPInstanceUID"),
          "a seed repeats the UIDs")
    r = run(tomo, "report", "sr", "findings.json", "no.dcm", "--like", "slice.dcm", "--document", "enhanced")
    check(r.returncode == 2 and "comprehensive3d" in r.stderr, f"patient coordinates in an enhanced report: {r.stderr}")
    for text, said in (('{"groups": [{"findings": 1}]}', "findings"), ('{"groups": []}', "groups"), ("{", "line"),
                       ('{"groups": [{"measurements": [{"name": ["1", "2", "3"], "value": 1}]}]}', "unit"),
                       ('{"groups": [{"regions": [{"shape": {"kind": "CIRCLE", "points": [[1, 2]]}, "image": '
                        '{"file": "slice.dcm"}}]}]}', "CIRCLE")):
        Path("bad.json").write_text(text)
        r = run(tomo, "report", "sr", "bad.json", "no.dcm")
        check(r.returncode in (2, 3) and said in r.stderr and not Path("no.dcm").exists(), f"{text}: {r.stderr}")


def rewrite_reports():
    """Measurements of others, written by us and read again, are the same."""
    for name in ("highdicom/sr_document.dcm", "highdicom/sr_document_with_multiple_groups.dcm", "dcmqi/sr-example/sr.dcm"):
        groups = json.loads(ours("dicom", "show", "--json", data / name))["groups"]
        Path("theirs.json").write_text(json.dumps({"groups": groups}))
        ours("report", "sr", "theirs.json", "theirs.dcm", "--like", data / name)
        valid("theirs.dcm")
        again = json.loads(ours("dicom", "show", "--json", "theirs.dcm"))["groups"]
        for group in again:  # made where there was none
            if not any(group.get("tracking_uid") == g.get("tracking_uid") for g in groups):
                del group["tracking_uid"]
        check(again == groups, f"{name}: written again its groups differ")


def write_key_objects():
    ours("dicom", "create", "slice.dcm", "seg.dcm", "sr.dcm", "ko.dcm", "--as", "ko", "--title", "for-teaching", "--text",
         "see this", "--observer", "Doe^Jane")
    valid("ko.dcm")
    compare_dsrdump(Path("ko.dcm"))
    content = json.loads(ours("dicom", "show", "--json", "ko.dcm"))["content"]
    check([c["type"] for c in content["content"]] == ["CODE", "PNAME", "TEXT", "IMAGE", "IMAGE", "COMPOSITE"],
          "items of the key objects")
    Path("ko.json").write_text(json.dumps({"title": ["113013", "DCM", "Best In Set"], "instances": [
        {"file": "seg.dcm", "frames": [1, 3]}]}))
    ours("dicom", "create", "ko.json", "ko2.dcm", "--as", "ko", "--like", "slice.dcm")
    valid("ko2.dcm")
    content = json.loads(ours("dicom", "show", "--json", "ko2.dcm"))["content"]
    check(content["name"]["value"] == "113013" and content["content"][0]["reference"]["frames"] == [1, 3], "frames")


ANNOTATIONS = {
    "label": "TUMOR", "description": "what was seen", "creator": "Doe^Jane",
    "voi": [{"center": 40, "width": 400, "explanation": "soft tissue"}],
    "shutter": {"rectangle": [5, 120, 6, 118], "center": [64, 60], "radius": 50,
                "polygon": [[10, 10], [100, 12], [90, 100]], "gray": 0},
    "layers": [{"name": "LAYER1", "order": 1, "gray": 65535, "cielab": [40000, 50000, 40000]}],
    "annotations": [
        {"text": "Nodule", "box": [10, 10, 60, 20], "anchor": [40, 40]}, {"shape": {"kind": "POINT", "points": [[3.5, 4.5]]}},
        {"shape": {"kind": "POLYLINE", "points": [[20, 20], [50, 20], [50, 50], [20, 20]], "filled": True}},
        {"shape": {"kind": "CIRCLE", "points": [[64, 64], [64, 80]]}},
        {"shape": {"kind": "ELLIPSE", "points": [[30, 64], [90, 64], [60, 50], [60, 78]]}},
        {"shape": {"kind": "INTERPOLATED", "points": [[1, 1], [5, 9], [9, 1]]}},
        {"compound": "ARROW", "shape": {"kind": "POLYLINE", "points": [[100, 100], [64, 64]]}},
        {"text": "on the display", "box": [0.125, 0.125, 0.5, 0.25], "box_space": "display"}]}


def rendered(state):
    """What DCMTK makes of slice.dcm with this state."""
    import numpy as np
    run("dcmp2pgm", "--pstate", state, "slice.dcm", "out.pgm")
    raw = Path("out.pgm").read_bytes()
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", raw)
    return np.frombuffer(raw[head.end():], np.uint8).reshape(int(head[2]), int(head[1]))


def render():
    try:
        import numpy as np
        import pydicom
    except ImportError:
        return skip("rendering: no numpy or no pydicom")
    if not shutil.which("dcmp2pgm"):
        return skip("dcmp2pgm is not installed")
    ds = pydicom.dcmread("slice.dcm")
    hu = ds.pixel_array * float(ds.RescaleSlope) + float(ds.RescaleIntercept)
    want = np.floor(np.clip(((hu - 39.5) / 399 + 0.5) * 255, 0, 255)).astype(np.uint8)  # PS3.3 C.11.2.1.2
    check(np.array_equal(rendered("pr.dcm"), want), "dcmp2pgm: the window")
    Path("turned.json").write_text(json.dumps({"voi": ANNOTATIONS["voi"], "rotation": 90, "flip": True}))
    ours("dicom", "create", "turned.json", "turned.dcm", "--as", "pr", "--like", "slice.dcm")
    check(np.array_equal(rendered("turned.dcm"), np.fliplr(np.rot90(want, -1))), "dcmp2pgm: turned, then flipped")


def read_presentation():
    """What DCMTK makes of an image: its window, area and reference."""
    if not shutil.which("dcmpsmk"):
        return skip("dcmpsmk is not installed")
    run("dcmpsmk", "slice.dcm", "theirs.dcm")
    shown = json.loads(ours("dicom", "show", "--json", "theirs.dcm"))
    check([i["instance"] for i in shown["images"]] == [ours("dicom", "get", "slice.dcm", "SOPInstanceUID").strip()],
          "dcmpsmk: the image")
    check(shown["areas"][0]["bottom_right"] == [128, 128] and shown["areas"][0]["mode"] == "SCALE TO FIT", "dcmpsmk: area")
    check(shown["slope"] == 1 and shown["intercept"] == -1024, "dcmpsmk: rescale")


def write_presentation():
    Path("ann.json").write_text(json.dumps(ANNOTATIONS))
    ours("dicom", "create", "ann.json", "pr.dcm", "--as", "pr", "--like", "slice.dcm", "--seed", "a")
    valid("pr.dcm")
    if shutil.which("dcmpschk"):
        r = run("dcmpschk", "pr.dcm")
        check("Test passed" in r.stdout + r.stderr, f"dcmpschk: {r.stdout[-200:]}{r.stderr[-200:]}")
    else:
        skip("dcmpschk is not installed")
    shown = json.loads(ours("dicom", "show", "--json", "pr.dcm"))
    for key in ("label", "description", "creator", "voi", "shutter", "layers"):
        check(shown[key] == ANNOTATIONS[key], f"{key} of the presentation state: {shown[key]}")
    check(shown["slope"] == 1 and shown["intercept"] == -1024 and shown["rescale_type"] == "HU", "the image's rescale")
    seen = shown["annotations"]
    check(len(seen) == len(ANNOTATIONS["annotations"]), f"{len(seen)} annotations")
    for wrote, read in zip([a for a in ANNOTATIONS["annotations"] if "shape" in a and "compound" not in a],
                           [a for a in seen if "shape" in a]):
        check(wrote["shape"]["points"] == read["shape"]["points"] and wrote["shape"]["kind"] == read["shape"]["kind"],
              f"{wrote} is read as {read}")
    check(shown["annotations"][-1].get("box_space") == "display", "units of a text")
    render()


def keep_all():
    """What `dicom show --json` tells of a report comes back from `report sr`: completion, observers, procedure, evidence,
    tracking and sources of single measurements; what can't come back is said, and unknown keys are refused."""
    import pydicom

    ds = pydicom.dcmread(data / "highdicom/sr_document_with_multiple_groups.dcm")

    def item(**of):
        one = pydicom.Dataset()
        for key, value in of.items():
            setattr(one, key, value)
        return one

    def code(value, scheme, meaning):
        return [item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)]

    listed = ds.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence
    for i in range(5):
        listed.append(item(ReferencedSOPClassUID=listed[0].ReferencedSOPClassUID, ReferencedSOPInstanceUID=f"1.2.3.{i}"))
    group = next(i for i in ds.ContentSequence[-1].ContentSequence)
    number = next(i for i in group.ContentSequence if i.ValueType == "NUM")
    source = item(RelationshipType="INFERRED FROM", ValueType="IMAGE",
                  ConceptNameCodeSequence=code("121112", "DCM", "Source of Measurement"),
                  ReferencedSOPSequence=[item(ReferencedSOPClassUID=listed[0].ReferencedSOPClassUID,
                                              ReferencedSOPInstanceUID="1.2.3.1")])
    number.ContentSequence = [
        item(RelationshipType="HAS OBS CONTEXT", ValueType="TEXT", TextValue="M1",
             ConceptNameCodeSequence=code("112039", "DCM", "Tracking Identifier")),
        item(RelationshipType="HAS OBS CONTEXT", ValueType="UIDREF", UID="1.2.3.99",
             ConceptNameCodeSequence=code("112040", "DCM", "Tracking Unique Identifier")), source]
    ds.PertinentOtherEvidenceSequence = [item(StudyInstanceUID="1.2.4", ReferencedSeriesSequence=[
        item(SeriesInstanceUID="1.2.5", ReferencedSOPSequence=[
            item(ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2", ReferencedSOPInstanceUID="1.2.6")])])]
    ds.save_as("rich.dcm")
    before = json.loads(ours("dicom", "show", "rich.dcm", "--json"))
    Path("rich.json").write_text(json.dumps(before))
    r = run(tomo, "report", "sr", "rich.json", "again.dcm", "--like", "slice.dcm")
    check(r.returncode == 0 and r.stderr == "", f"rewritten with remarks: {r.stderr}")
    after = json.loads(ours("dicom", "show", "again.dcm", "--json"))
    valid("again.dcm")
    for key in ("completion", "observer", "observer_device_uid", "procedure", "title", "groups", "other_evidence", "images"):
        check(before.get(key) is not None and after.get(key) == before[key] if key != "groups" else
              [g["measurements"] for g in after[key]] == [g["measurements"] for g in before[key]],
              f"{key}: {after.get(key)} instead of {before.get(key)}")
    check(before["completion"] == "PARTIAL" and before["observer"] == "Doe^John", "the input says nothing")
    check(before["groups"][0]["measurements"][0]["tracking_id"] == "M1", "tracking of a measurement is read")
    check(before["groups"][0]["measurements"][0]["sources"][0]["instance"] == "1.2.3.1", "source of a measurement is read")
    instances = [sorted(e["instance"] for e in d["evidence"]) for d in (before, after)]
    check(instances[0] == instances[1] and len(instances[0]) >= 6, f"evidence: {instances}")
    again = pydicom.dcmread("again.dcm")
    names = [i.ConceptNameCodeSequence[0].CodeValue for g in again.ContentSequence[-1].ContentSequence
             for i in g.ContentSequence if i.ValueType == "IMAGE"]
    check("121112" in names and "260753009" not in names, f"source of an image group: {names}")
    before["verification"], before["items_not_in_groups"] = "VERIFIED", 3
    Path("rich.json").write_text(json.dumps(before))
    r = run(tomo, "report", "sr", "rich.json", "again.dcm", "--like", "slice.dcm")
    check(r.returncode == 0 and "3 content items" in r.stderr and "verified" in r.stderr, f"remarks: {r.stderr}")
    before["observr"] = "X"
    Path("rich.json").write_text(json.dumps(before))
    r = run(tomo, "report", "sr", "rich.json", "no.dcm", "--like", "slice.dcm")
    check(r.returncode == 3 and "observr" in r.stderr and not Path("no.dcm").exists(), f"unknown key: {r.stderr}")
    number.ContentSequence.append(item(RelationshipType="HAS PROPERTIES", ValueType="TEXT", TextValue="x",
                                       ConceptNameCodeSequence=code("1", "99X", "Something")))
    ds.save_as("rich.dcm")
    check(json.loads(ours("dicom", "show", "rich.dcm", "--json"))["items_not_in_groups"] == 1, "an item that is in no field")


def documents():
    pdf = b"%PDF-1.4\n" + b"x" * 1000 + b"\n%%EOF\n"  # DCMTK looks no deeper
    files = {"pdf": pdf, "stl": b"x" * 80 + struct.pack("<I", 2) + bytes(range(100)),
             "cda": b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16"/><id root='
                    b'"2.16.840.1.113883.19.4" extension="c266"/><title>T</title><code code="1" codeSystem="2.16"/>'
                    b"</ClinicalDocument>", "obj": b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "mtl": b"newmtl a\nKd 1 0 0\n"}
    for kind, content in files.items():
        for odd in (b"", b" ") if kind not in ("stl", "cda") else (b"",):
            Path("in." + kind).write_bytes(content + odd)
            ours("dicom", "create", "in." + kind, kind + ".dcm", "--as", kind, "--title", "T", "--like", "slice.dcm")
            valid(kind + ".dcm", known=kind not in ("obj", "mtl"))
            ours("dicom", "extract", kind + ".dcm", "out." + kind)
            check(Path("out." + kind).read_bytes() == content + odd, f"{kind}: other bytes")
    check(json.loads(ours("dicom", "show", "--json", "cda.dcm"))["hl7_id"] == "2.16.840.1.113883.19.4^c266", "CDA id")
    for name, kind in (("pdf2dcm", "pdf"), ("stl2dcm", "stl"), ("cda2dcm", "cda")):
        if not shutil.which(name):
            skip(f"{name} is not installed")
            continue
        Path("in." + kind).write_bytes(files[kind])
        run(name, "in." + kind, "theirs.dcm")
        ours("dicom", "extract", "theirs.dcm", "theirs." + kind)
        check(Path("theirs." + kind).read_bytes() == files[kind], f"what {name} wrote")
    if shutil.which("dcm2pdf"):
        ours("dicom", "create", "in.pdf", "pdf.dcm", "--as", "pdf", "--like", "slice.dcm")
        run("dcm2pdf", "pdf.dcm", "theirs.pdf")
        check(Path("theirs.pdf").read_bytes() == pdf, "what dcm2pdf reads")
    else:
        skip("dcm2pdf is not installed")
    Path("text.stl").write_bytes(b"solid x\nendsolid x\n")
    for path, kind in (("in.pdf", "stl"), ("in.stl", "pdf"), ("text.stl", "stl"), ("in.obj", "cda")):
        r = run(tomo, "dicom", "create", path, "no.dcm", "--as", kind)
        check(r.returncode == 3 and not Path("no.dcm").exists(), f"{path} as {kind}: exit {r.returncode} {r.stderr}")


if not data.is_dir():
    skip(f"{data} is not here")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(0)
folder = tempfile.mkdtemp(prefix="tomo-reports-")
os.chdir(folder)
try:
    shutil.copy(data / "highdicom/ct_image.dcm", "slice.dcm")
    shutil.copy(data / "highdicom/seg_image_ct_binary.dcm", "seg.dcm")
    reports()
    write_report()
    rewrite_reports()
    keep_all()
    write_key_objects()
    read_presentation()
    write_presentation()
    documents()
finally:
    os.chdir("/")
    shutil.rmtree(folder)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(bool(failed))
