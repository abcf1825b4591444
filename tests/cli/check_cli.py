#!/usr/bin/python3
"""The program as people and scripts meet it: help, examples, exit codes, JSON, Ctrl-C, and what a file's text does to a
terminal. Everything runs on a head made of spheres, so no test data are needed."""
# slow: every verb on a whole volume
import json
import os
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
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


def run(*words, **more):
    return subprocess.run([tomo, *map(str, words)], capture_output=True, text=True, errors="replace", timeout=300, **more)


def lines(text):
    return len([line for line in text.splitlines() if line.strip()])


def verbs():
    """Every command: words for whole jobs, then room and verb, from the program's own help."""
    found, part = [], 0
    for line in run("--help").stdout.splitlines():
        part += line == "" or line == "rooms:"
        words = line.split()
        if line.startswith("  ") and part == 2:
            found.append(words[:1])
        elif line.startswith("  ") and part == 4:
            found += [[words[0], verb] for verb in words[1:]]
    return found


def help_of_everything(known):
    check(len(known) > 40, f"--help names {len(known)} verbs")
    examples = []
    for words in known:
        r = run(*words, "--help")
        name = " ".join(words)
        check(r.returncode == 0 and not r.stderr, f"{name} --help: exit {r.returncode} {r.stderr}")
        check(r.stdout.startswith(f"usage: tomo {name}"), f"{name} --help begins with {r.stdout[:40]!r}")
        example = [line[9:] for line in r.stdout.splitlines() if line.startswith("example: ")]
        check(len(example) == 1, f"{name} --help has {len(example)} examples")
        for line in example:
            given = shlex.split(line)
            check(given[0] == "tomo" and given[1:1 + len(words)] == words, f"the example of {name} is of {line}")
            examples.append((words, given[1:]))
        flags = [line.split()[0] for line in r.stdout.splitlines() if line.startswith("  --")]
        check({"--json", "--threads", "--quiet", "--help"} <= set(flags), f"{name} lacks flags that every verb has")
    for room in sorted({words[0] for words in known if len(words) == 2}):
        check(run(room, "--help").returncode == 0, f"{room} --help")
        check(run(room).returncode == 2, f"{room} alone is wrong usage")
    return examples


def flags_and_folders():
    """-h is --help everywhere, switches take no value, numbers that a codec does not look at are refused, a folder is not
    written into the one that is read, and a full disk is called by its name."""
    for words in ([], ["dicom"], ["dicom", "dump"]):
        r = run(*words, "-h")
        check(r.returncode == 0 and r.stdout == run(*words, "--help").stdout and r.stdout, f"{words} -h: {r.stderr}")
    Path("empty-in").mkdir()
    for words in (["dicom", "dump", "x", "--json=1"], ["dicom", "dump", "x", "--force=1"],
                  ["dicom", "transcode", "x", "y", "--to", "rle", "--predictor", "3"],
                  ["dicom", "transcode", "empty-in", "empty-in/sub", "--to", "rle"]):
        r = run(*words)
        check(r.returncode == 2 and lines(r.stderr) == 1, f"{words}: exit {r.returncode} {r.stderr}")
    check(not Path("empty-in/sub").exists(), "a folder within the one that is read")
    if Path("/dev/full").exists():
        with open("/dev/full", "w") as full:
            r = subprocess.run([tomo, "ops"], stdout=full, stderr=subprocess.PIPE, text=True)
        check(r.returncode != 0 and "No space left on device" in r.stderr, f"full disk: exit {r.returncode} {r.stderr}")


def run_examples(examples):
    """Each example of the help, with --json, where its inputs lie. They run in the order of the help."""
    for words, given in examples:
        name = " ".join(words)
        plain = given[:-2] if ">" in given else given
        r = run(*plain, "--json")
        check(r.returncode == 0, f"the example of {name}: exit {r.returncode} {r.stderr[-200:]}")
        try:
            for line in [r.stdout] if "\n" not in r.stdout.strip() or words not in (["info"], ["dicom", "table"]) else r.stdout.splitlines():
                json.loads(line)
            check(r.stdout.strip() != "", f"{name} --json prints nothing")
        except ValueError as e:
            check(False, f"{name} --json is not JSON: {e}: {r.stdout[:200]}")
        check("\033" not in r.stdout + r.stderr, f"{name}: escape sequences though nobody looks")


def exit_codes():
    for words in ([], ["kitchen"], ["filter", "kitchen"], ["info"], ["info", "--kitchen", "ct.nii.gz"],
                  ["filter", "gauss", "ct.nii.gz"], ["filter", "gauss", "ct.nii.gz", "o.nii", "--sigma", "-1"],
                  # what is read is not written over
                  ["filter", "gauss", "ct.nii.gz", "./ct.nii.gz"], ["dicom", "set", "slice.dcm", "slice.dcm", "PatientID=1"],
                  ["dicom", "transcode", "slice.dcm", "slice.dcm", "--to", "rle"], ["convert", "ct.nii", "ct.nii"],
                  ["filter", "gauss", "ct.nii.gz", "o.nii", "--sigma", "x"], ["convert", "ct.nii.gz"],
                  ["filter", "gauss", "ct.nii.gz", "o.nii", "--edge", "kitchen"], ["pipeline", "scans"],
                  ["info", "ct.nii.gz", "--threads", "x"], ["dicom", "set", "slice.dcm", "o.dcm", "PatientName"]):
        r = run(*words)
        check(r.returncode == 2, f"tomo {' '.join(words)}: exit {r.returncode}, expected 2")
        if words:
            check(lines(r.stderr) == 1 and r.stderr.startswith("tomo: "), f"tomo {' '.join(words)} says {r.stderr!r}")
            check(r.stdout == "", f"tomo {' '.join(words)}: wrong usage on standard output")
    for words in (["info", "nowhere.dcm"], ["convert", "nowhere", "o.nii"], ["dicom", "dump", "nowhere.dcm"],
                  ["filter", "gauss", "nowhere.nii", "o.nii"], ["pipeline", "nowhere", "-o", "o"],
                  ["replay", "nowhere"], ["dicom", "dump", "ct.nii.gz"], ["dicom", "get", "slice.dcm", "PatientWeight"]):
        r = run(*words)
        check(r.returncode == 3, f"tomo {' '.join(words)}: exit {r.returncode}, expected 3")
        said = [line for line in r.stderr.splitlines() if not line.startswith("note: ")]
        check(len(said) == 1 and said[0].startswith("tomo: "), f"tomo {' '.join(words)} says {r.stderr!r}")
    for words in (["filter", "gauss", "ct.nii.gz", "o.nii"], ["convert", "scans", "o.nii"]):
        r = run(*words, "--memory-limit", "1")
        check(r.returncode == 5, f"1 MiB for {' '.join(words)}: exit {r.returncode}, expected 5 {r.stderr}")
        check(lines(r.stderr) == 1, f"1 MiB for {' '.join(words)} says {r.stderr!r}")
    check(not [p for p in Path(".").iterdir() if p.name.startswith("o.") or p.name == "o"], "a failed command left files")
    with open("/dev/full", "w") as full:
        code = subprocess.run([tomo, "ops"], stdout=full, stderr=subprocess.PIPE).returncode
        check(code == 1, f"a full disk behind standard output: exit {code}, expected 1")
    check(run("--version").stdout.startswith("tomo 0."), "--version")


def interrupt():
    """Ctrl-C at several moments of a pipeline: 130, and nothing is left behind."""
    before, seen = set(os.listdir(".")), 0
    for moment in (0.05, 0.15, 0.3, 0.5, 0.8, 1.2):
        p = subprocess.Popen([tomo, "pipeline", "large", "-o", "canceled"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True)
        time.sleep(moment)
        p.send_signal(signal.SIGINT)
        start = time.monotonic()
        out, err = p.communicate(timeout=60)
        took = time.monotonic() - start
        if p.returncode == 0:
            shutil.rmtree("canceled")
            continue
        if p.returncode == -signal.SIGINT and moment < 0.4:
            continue  # before the program listens
        seen += 1
        check(p.returncode == 130, f"Ctrl-C after {moment} s: exit {p.returncode} {err}")
        check(lines(err) == 1 and out == "", f"Ctrl-C after {moment} s says {err!r} {out!r}")
        check(took < 5, f"Ctrl-C after {moment} s takes {took:.1f} s")
        check(set(os.listdir(".")) == before, f"Ctrl-C left {set(os.listdir('.')) - before}")
    if not seen:
        skip("Ctrl-C: the pipeline was over each time")


def edit():
    """set, get, delete: there and back, seen by others too."""
    check(run("dicom", "set", "slice.dcm", "set.dcm", "PatientName=Doe^Jane", "PatientWeight=61.5").returncode == 0, "set")
    check(run("dicom", "get", "set.dcm", "PatientName", "PatientWeight").stdout == "Doe^Jane\n61.5\n", "get after set")
    try:
        import pydicom
        ds = pydicom.dcmread("set.dcm")
        check(str(ds.PatientName) == "Doe^Jane" and ds.PatientWeight == 61.5, "pydicom reads what was set")
        check(ds.PixelData == pydicom.dcmread("slice.dcm").PixelData, "pixels are as they were")
    except ImportError:
        skip("set against pydicom: it is not installed")
    if shutil.which("dcmdump"):
        r = subprocess.run(["dcmdump", "+P", "PatientName", "set.dcm"], capture_output=True, text=True)
        check("[Doe^Jane]" in r.stdout, "dcmdump reads what was set")
    else:
        skip("set against dcmdump: it is not installed")
    check(run("dicom", "delete", "set.dcm", "gone.dcm", "PatientWeight").returncode == 0, "delete")
    check(run("dicom", "get", "gone.dcm", "PatientWeight").returncode == 3, "get after delete")
    check(run("dicom", "get", "gone.dcm", "PatientName").stdout == "Doe^Jane\n", "what was not deleted stays")


def round_trip():
    """A CT folder to NIfTI and back to a folder: the same voxels, as others read them."""
    check(run("convert", "scans", "trip.nii.gz").returncode == 0, "folder to NIfTI")
    check(run("convert", "trip.nii.gz", "back", "--modality", "CT").returncode == 0, "NIfTI to folder")
    check(run("convert", "back", "trip2.nii.gz").returncode == 0, "folder to NIfTI again")
    check(Path("trip.nii.gz").read_bytes() == Path("trip2.nii.gz").read_bytes(), "there and back gives other bytes")
    try:
        import nibabel
        import numpy as np
        import pydicom
    except ImportError:
        return skip("voxels there and back: no nibabel or no pydicom")
    volume = np.asarray(nibabel.load("trip.nii.gz").dataobj)
    slices = [pydicom.dcmread(p) for p in Path("back").iterdir()]
    slices.sort(key=lambda s: float(s.ImagePositionPatient[2]))
    there = np.stack([s.pixel_array * int(s.RescaleSlope) + int(s.RescaleIntercept) for s in slices])
    given = np.asarray(nibabel.load("ct.nii").dataobj)
    affine = nibabel.load("trip.nii.gz").affine
    for axis in range(3):  # NIfTI's RAS against the patient's LPS: turn what runs the other way
        if affine[axis, axis] * nibabel.load("ct.nii").affine[axis, axis] < 0:
            given = np.flip(given, axis)
    check(np.array_equal(volume, given), "voxels of the NIfTI file are those that went in")
    check(np.array_equal(there.transpose(2, 1, 0), volume), "voxels of the DICOM files are those of the NIfTI file")


def stray_flags():
    """A flag that has no meaning for this input or kind is wrong usage, so that a misspelled plan gives no volume."""
    for words in (["convert", "ct.nii", "x.nii.gz", "--structure", "liver"], ["convert", "ct.nii", "x.nii.gz", "--grid", "scans"],
                  ["convert", "scans", "x.nii.gz", "--structure", "liver"], ["convert", "scans", "x.nii.gz", "--window", "1,2"],
                  ["convert", "scans", "x.nii.gz", "--allow-shear"], ["convert", "ct.nii", "x.png", "--modality", "CT"],
                  ["dicom", "create", "ct.nii", "x.dcm", "--as", "sc", "--segments", "none.json"],
                  ["dicom", "create", "ct.nii", "x.dcm", "--as", "sc", "--lengths", "foo"],
                  ["dicom", "create", "mask.nii.gz", "x.dcm", "--as", "seg", "--charset", "ISO_IR 100"],
                  ["dicom", "create", "slice.json", "x.dcm", "--like", "slice.dcm"]):
        r = run(*words)
        check(r.returncode == 2 and lines(r.stderr) == 1 and "says nothing about" in r.stderr, f"{' '.join(words)}: {r.stderr}")
        check(not list(Path(".").glob("x.*")), f"{' '.join(words)} wrote something")


def on_a_grid():
    """Objects on another image's grid: one segment of several, what lies elsewhere, another Frame of Reference."""
    made = run("segment", "kmeans", "ct.nii", "three.nii.gz", "--classes", "3")
    check(made.returncode == 0, f"kmeans: {made.stderr}")
    made = run("dicom", "create", "three.nii.gz", "three.dcm", "--as", "seg", "--like", "scans", "--algorithm", "MANUAL")
    check(made.returncode == 0 and "nowhere near" not in made.stderr, f"create --as seg: {made.stderr}")
    check(run("convert", "three.dcm", "two.nii.gz", "--grid", "scans", "--segment", "2").returncode == 0, "one segment on a grid")
    check(run("convert", "three.dcm", "own.nii.gz", "--segment", "2").returncode == 0, "one segment")
    on_grid, own = (json.loads(run("image", "stats", f, "--json").stdout) for f in ("two.nii.gz", "own.nii.gz"))
    check(on_grid["max"] == 1 and on_grid["mean"] == own["mean"] > 0, f"segment 2 alone: {on_grid}, {own}")
    check(run("dicom", "set", "three.dcm", "moved.dcm", "FrameOfReferenceUID=1.2.3").returncode == 0, "another frame of reference")
    r = run("convert", "moved.dcm", "x.nii.gz", "--grid", "scans")
    check(r.returncode == 0 and "is in Frame of Reference 1.2.3" in r.stderr, f"another frame of reference: {r.stderr}")
    check(run("image", "crop", "ct.nii", "far.nii", "--start", "0,0,0", "--size", "9,9,9").returncode == 0, "crop")
    r = run("convert", "three.dcm", "x.nii.gz", "--grid", "scans", "--segment", "2")
    check("every voxel is 0" not in r.stderr, f"not empty: {r.stderr}")
    header = bytearray(Path("far.nii").read_bytes())
    for at in (268, 272, 276, 292, 308, 324):  # qoffset and the last column of srow: 5 m away
        struct.pack_into("<f", header, at, 5000.0)
    Path("far.nii").write_bytes(header)
    r = run("convert", "three.dcm", "x.nii.gz", "--grid", "far.nii")
    check(r.returncode == 0 and "every voxel is 0" in r.stderr, f"a grid elsewhere: {r.stderr}")
    r = run("dicom", "create", "far.nii", "far.dcm", "--as", "enhanced-ct", "--like", "scans")
    check(r.returncode == 0 and "nowhere near" in r.stderr, f"an image elsewhere: {r.stderr}")
    made = run("dicom", "create", "three.nii.gz", "rt.dcm", "--as", "rtstruct", "--like", "scans")
    check(run("dicom", "set", "rt.dcm", "rt7.dcm", "StructureSetROISequence[1].ROINumber=7",
              "ROIContourSequence[1].ReferencedROINumber=7", "RTROIObservationsSequence[1].ReferencedROINumber=7").returncode == 0,
          "ROI Number 7")
    r = run("convert", "rt7.dcm", "labels.nii.gz", "--grid", "scans")
    check(r.returncode == 0, f"labels of structures: {r.stderr}")
    names = json.loads(run("image", "stats", "labels.nii.gz", "--json").stdout)
    check(names["max"] == 7, f"a label is the ROI Number: {names}")
    Path("x.nii.gz").unlink()


def presentation():
    """What show prints of a presentation state is what create reads."""
    Path("state.json").write_text(json.dumps({
        "label": "LUNG", "description": "window", "voi": [{"center": -600, "width": 1500}], "slope": 1, "intercept": -1024,
        "rescale_type": "HU", "layers": [{"name": "L", "order": 1}],
        "annotations": [{"layer": "L", "text": "here", "anchor": [5, 5]}]}))
    check(run("dicom", "create", "state.json", "state.dcm", "--as", "pr", "--like", "slice.dcm").returncode == 0, "create a state")
    shown = run("dicom", "show", "state.dcm", "--json").stdout
    Path("shown.json").write_text(shown)
    r = run("dicom", "create", "shown.json", "again.dcm", "--as", "pr", "--like", "slice.dcm")
    check(r.returncode == 0, f"create of what show printed: {r.stderr}")
    a, b = json.loads(shown), json.loads(run("dicom", "show", "again.dcm", "--json").stdout)
    for state in (a, b):
        state.pop("date"), state.pop("time")
    check(a == b and a["slope"] == 1 and a["annotations"][0]["text"] == "here", f"there and back: {a} {b}")
    r = run("dicom", "create", "report.pdf", "folder.dcm", "--as", "pdf", "--like", "scans")
    check(r.returncode == 0, f"--like with a folder: {r.stderr}")


def meshes():
    """Surfaces go in and out by their content: what they are, one format to the other, checked, smoothed."""
    info = json.loads(run("info", "liver.ply", "--json").stdout)
    check(info["kind"] == "surface mesh" and info["format"] == "PLY" and info["normals"] is True, f"info of a mesh: {info}")
    check(run("convert", "liver.ply", "liver.stl").returncode == 0, "PLY to STL")
    other = json.loads(run("info", "liver.stl", "--json").stdout)
    check(other["format"] == "STL" and all(other[k] == info[k] for k in ("vertices", "triangles", "closed", "minMm")),
          f"STL of the same mesh: {other}")
    os.link("liver.stl", "named.ply")
    check(json.loads(run("info", "named.ply", "--json").stdout)["format"] == "STL", "content, not the name, tells")
    check(run("mesh", "smooth", "liver.stl", "smooth.ply").returncode == 0, "smooth from STL to PLY")
    facts = json.loads(run("mesh", "check", "smooth.ply", "--json").stdout)
    check(facts["triangles"] == info["triangles"] and facts["areaMm2"] < info["areaMm2"], f"smoothed: {facts}")
    Path("cut.stl").write_bytes(Path("liver.stl").read_bytes()[:-1])
    for words, code in ((["convert", "liver.ply", "o.nii"], 3), (["filter", "gauss", "liver.ply", "o.nii"], 3),
                        (["mesh", "check", "ct.nii.gz"], 3), (["mesh", "check", "slice.dcm"], 3), (["info", "cut.stl"], 3),
                        (["mesh", "smooth", "cut.stl", "o.stl"], 3), (["convert", "liver.ply", "o.stl", "--raw"], 2)):
        r = run(*words)
        check(r.returncode == code and lines(r.stderr) == 1, f"tomo {' '.join(words)}: exit {r.returncode} {r.stderr!r}")
    check(not [p for p in Path(".").iterdir() if p.name.startswith("o.")], "a failed mesh command left files")


def transforms():
    """Insight Transform Files and displacement images go where an operation takes a transform."""
    r = run("image", "crop", "ct.nii", "small.nii.gz", "--start", "100,100,20", "--size", "20,16,8")
    check(r.returncode == 0, f"crop: {r.stderr}")
    r = run("filter", "compose_transforms", "rigid.tfm", "warp.tfm", "sum.txt", "--json")
    check(r.returncode == 0 and json.loads(r.stdout)["transform"] == "CompositeTransform_double_3_3", f"compose: {r.stderr}")
    for words in (["filter", "transform_field", "sum.txt", "small.nii.gz", "u.nii.gz"],
                  ["filter", "resample", "small.nii.gz", "a.nii.gz", "--transform", "sum.txt"],
                  ["filter", "resample", "small.nii.gz", "b.nii.gz", "--transform", "u.nii.gz"],
                  ["filter", "warp", "small.nii.gz", "u.nii.gz", "c.nii.gz"],
                  ["filter", "invert_transform", "u.nii.gz", "v.tfm"]):
        r = run(*words)
        check(r.returncode == 0, f"{' '.join(words)}: {r.stderr}")
    stats = [json.loads(run("image", "stats", f"{name}.nii.gz", "--json").stdout) for name in "abc"]
    check(stats[1] == stats[2] and abs(stats[0]["mean"] - stats[1]["mean"]) < 0.01, f"three ways through a transform: {stats}")
    Path("bad.tfm").write_text("#Insight Transform File V1.0\nTransform: AffineTransform_double_3_3\nParameters: 1 2 x\n")
    for words in (["filter", "resample", "small.nii.gz", "o.nii.gz", "--transform", "bad.tfm"],
                  ["filter", "resample", "small.nii.gz", "o.nii.gz", "--transform", "small.nii.gz"],
                  ["filter", "resample", "small.nii.gz", "o.nii.gz", "--transform", "liver.ply"],
                  ["filter", "invert_transform", "slice.dcm", "o.tfm"]):
        r = run(*words)
        check(r.returncode == 3 and lines(r.stderr) == 1, f"tomo {' '.join(words)}: exit {r.returncode} {r.stderr!r}")
    check(not [p for p in Path(".").iterdir() if p.name.startswith("o.")], "a failed transform left files")


def terminal():
    """Text from a file can't steer the terminal: control characters are printed as \\x1b."""
    name = "Evil\033]0;owned\007\033[2J^X\u009b31m"
    data = Path("slice.dcm").read_bytes()
    at = data.index(b"\x10\x00\x10\x00PN")
    length = int.from_bytes(data[at + 6:at + 8], "little")
    raw = name.encode("latin-1")
    raw += b" " * (len(raw) % 2)
    Path("evil").mkdir()
    Path("evil/evil.dcm").write_bytes(data[:at + 6] + len(raw).to_bytes(2, "little") + raw + data[at + 8 + length:])
    for words in (["info", "evil/evil.dcm"], ["info", "evil"], ["dicom", "dump", "evil/evil.dcm"],
                  ["dicom", "get", "evil/evil.dcm", "PatientName"], ["dicom", "json", "evil/evil.dcm"],
                  ["dicom", "dump", "evil/\033[2Jnowhere.dcm"]):
        r = run(*words)
        both = r.stdout + r.stderr
        check(not any(ord(c) < 32 and c not in "\n\t" or 0x7f <= ord(c) < 0xa0 for c in both),
              f"{' '.join(words)!r} lets control characters through: {both[:300]!r}")
    shown = run("dicom", "get", "evil/evil.dcm", "PatientName").stdout
    check("\\x1b]0;owned\\x07\\x1b[2J" in shown, f"the name is shown as {shown!r}")


def prepare():
    phantom = root / "tests/tools/make_phantom.py"
    subprocess.run([sys.executable, phantom, "ct.nii", "256", "64"], check=True)
    subprocess.run([sys.executable, phantom, "large.nii", "384", "160"], check=True)
    for words in (["convert", "ct.nii", "ct.nii.gz"], ["convert", "ct.nii", "scans", "--modality", "CT"],
                  ["convert", "large.nii", "large", "--modality", "CT"],
                  ["segment", "threshold", "ct.nii", "mask.nii.gz", "--lower", "200"],
                  ["mesh", "surface", "ct.nii", "liver.ply", "--value", "200"]):
        r = run(*words)
        check(r.returncode == 0, f"{' '.join(words)}: {r.stderr}")
    for name, kind, numbers, center in (("rigid", "Euler3DTransform", "0.1 0.2 0.3 4 5 6", "0 0 0"),
                                        ("warp", "TranslationTransform", "1 2 3", "")):
        Path(name + ".tfm").write_text(f"#Insight Transform File V1.0\n#Transform 0\nTransform: {kind}_double_3_3\n"
                                       f"Parameters: {numbers}\nFixedParameters: {center}\n")
    r = run("image", "crop", "ct.nii", "kernel.nii.gz", "--start", "100,100,30", "--size", "5,5,3")  # for convolve
    check(r.returncode == 0, f"image crop: {r.stderr}")
    for copy in ("mr", "t1", "chest", "brain"):
        os.link("ct.nii.gz", copy + ".nii.gz")
    for copy in ("found", "given", "bones"):
        os.link("mask.nii.gz", copy + ".nii.gz")
    shutil.copy(sorted(Path("scans").iterdir())[30], "slice.dcm")
    shutil.copy("slice.dcm", "new.dcm")  # for diff
    Path("slice.json").write_text(run("dicom", "json", "slice.dcm", "--inline", "10000000", "--meta").stdout)  # for create
    Path("report.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")  # for create
    r = run("dicom", "create", "report.pdf", "report.pdf.dcm", "--as", "pdf", "--like", "slice.dcm")  # for extract
    check(r.returncode == 0, f"dicom create --as pdf: {r.stderr}")
    Path("study.key").write_bytes(bytes(range(32)))  # for deid run and undo
    if subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "private.pem", "-out",
                       "recipient.pem", "-subj", "/CN=recipient"], capture_output=True).returncode == 0:
        r = run("deid", "run", "slice.dcm", "clean.dcm", "--key", "study.key", "--encrypt", "recipient.pem")
        check(r.returncode == 0, f"deid run --encrypt: {r.stderr}")
    Path("findings.json").write_text(json.dumps({"groups": [{  # for report sr, as docs/rooms/object.md shows it
        "tracking_id": "Lesion 1", "finding": ["27925004", "SCT", "Nodule"], "site": ["39607008", "SCT", "Lung"],
        "measurements": [{"name": ["103339001", "SCT", "Long Axis"], "value": 12.5, "unit": "mm"}],
        "regions": [{"shape": {"kind": "POLYLINE", "points": [[60, 80], [72.5, 80]]}, "image": {"file": "slice.dcm"}}]}]}))


folder = tempfile.mkdtemp(prefix="tomo-cli-")
os.chdir(folder)
try:
    prepare()
    exit_codes()
    flags_and_folders()
    edit()
    terminal()
    round_trip()
    stray_flags()
    on_a_grid()
    presentation()
    meshes()
    transforms()
    interrupt()
    run_examples(help_of_everything(verbs()))
finally:
    os.chdir("/")
    shutil.rmtree(folder)
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(bool(failed))
