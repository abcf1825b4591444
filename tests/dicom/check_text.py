#!/usr/bin/python3
"""JSON, XML, create, diff, table and the ways of reading and writing against pydicom, dcm2json, dcm2xml and DCMTK's readers,
on a part of the test data: tests/tools/dicom_json_compare.py and dicom_text_roundtrip.py do the same for all of it."""
# slow: some thousand runs of programs
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
data = Path(os.environ.get("TOMO_TEST_DATA", root / "../shared/data")) / "dicom"
passed = failed = 0


def done(skipped=0):
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(bool(failed))


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def run(*words):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, errors="replace", timeout=900)


try:
    import pydicom
    from pydicom import dcmread
except ImportError:
    print("skipped: no pydicom")
    done(1)
if not data.is_dir() or not all(map(shutil.which, ("dcm2json", "dcm2xml", "dcmdump"))):
    print("skipped: no test data or no DCMTK")
    done(1)
warnings.simplefilter("ignore")

# every difference by a rule that the tools state
for tool, folders in (("dicom_json_compare.py", ("charsets", "dcmqi", "highdicom", "pydicom", "encapsulation", "rt", "misc",
                                                 "fo-dicom")),
                      ("dicom_text_roundtrip.py", ("charsets", "dcmjs"))):
    r = run("/usr/bin/python3", root / "tests/tools" / tool, tomo, *(data / f for f in folders if (data / f).is_dir()))
    check(r.returncode == 0 and r.stdout.rstrip().endswith("0 unexplained"), tool + ": " + (r.stdout + r.stderr)[-2000:])

# stop-before-pixels and specific tags leave out what pydicom leaves out
wanted = ["PatientID", "Modality", "ReferencedSeriesSequence", "PixelData"]
for path in sorted((data / "pydicom").glob("*.dcm")):
    try:
        header = dcmread(path, stop_before_pixels=True)
        some = dcmread(path, specific_tags=wanted)
        list(header), list(some)
    except Exception:
        continue
    for flags, ds in ((["--stop-before-pixels"], header), (["--tags", ",".join(wanted)], some)):
        r = run(tomo, "dicom", "json", path, *flags, "--quiet")
        if r.returncode:
            continue
        ours = set(json.loads(r.stdout))
        theirs = {"%08X" % e.tag for e in ds if e.tag.element != 0}
        if ds is header:  # pydicom leaves out what stands behind the pixels too, padding say
            ours = {tag for tag in ours if tag < "7FE00008"}
            theirs = {tag for tag in theirs if tag < "7FE00008"}
        check(ours == theirs, f"{path.name} {flags}: {sorted(ours ^ theirs)}")

# ways of writing: DCMTK and pydicom read the same of each
with tempfile.TemporaryDirectory() as folder:
    out = os.path.join(folder, "out.dcm")
    for name in ("CT_small.dcm", "reportsi.dcm", "nested_priv_SQ.dcm", "rtplan.dcm", "MR_small_bigendian.dcm"):
        source = data / "pydicom" / name
        if not source.exists():
            continue
        before = dcmread(source, force=True)
        for flags in (["--lengths", "undefined"], ["--lengths", "explicit"], ["--group-lengths"], ["--syntax", "deflated"],
                      ["--syntax", "implicit"], ["--syntax", "big"], ["--lengths", "undefined", "--group-lengths"]):
            if name == "nested_priv_SQ.dcm" and "explicit" in flags:
                continue  # in implicit VR a private sequence of known length can't be told from UN
            r = run(tomo, "dicom", "set", source, out, "PatientComments=x", "--source-ae", "TESTER", *flags)
            check(r.returncode == 0, f"{name} {flags}: {r.stderr}")
            after = dcmread(out)
            check(after.PatientComments == "x" and after.file_meta.SourceApplicationEntityTitle == "TESTER",
                  f"{name} {flags}: what was set is not there")
            old = {e.tag for e in before.iterall() if e.tag.element}
            new = {e.tag for e in after.iterall() if e.tag.element}
            check(new - old <= {0x00104000} and old <= new, f"{name} {flags}: {old ^ new}")
            r = run("dcmdump", "-q", out)
            check(r.returncode == 0, f"dcmdump of {name} {flags}: {r.stderr}")

    # diff: nothing between a file and its copy in another coding; one line for one change; exit codes
    source = data / "pydicom" / "CT_small.dcm"
    run(tomo, "dicom", "set", source, out, "PatientID=4711", "--syntax", "implicit")
    r = run(tomo, "dicom", "diff", source, out, "--ignore-meta", "--json")
    found = json.loads(r.stdout)
    check(r.returncode == 1 and [d["path"] for d in found["differences"]] == ["00100020"], r.stdout)
    check(found["differences"][0]["a"] == "1CT1" and found["differences"][0]["b"] == "4711", r.stdout)
    r = run(tomo, "dicom", "diff", source, out, "--ignore", "PatientID", "--ignore-meta")
    check(r.returncode == 0 and r.stdout == "", r.stdout)
    check(run(tomo, "dicom", "diff", source, os.path.join(folder, "none")).returncode == 3, "diff without a file")

    # table against pydicom
    columns = ["PatientID", "Modality", "PixelSpacing", "SOPInstanceUID"]
    r = run(tomo, "dicom", "table", data / "charsets", "--columns", ",".join(columns + ["PatientName"]), "--json")
    rows = [json.loads(line) for line in r.stdout.splitlines()]
    check(len(rows) == len(list((data / "charsets").glob("*.dcm"))), f"{len(rows)} rows")
    for row in rows:
        ds = dcmread(data / "charsets" / row["file"], force=True)
        for c in columns:
            v = ds.get(c, "")
            v = "\\".join(map(str, v)) if isinstance(v, pydicom.multival.MultiValue) else str(v or "")
            check(row[c] == v, f"{row['file']} {c}: {row[c]!r}, pydicom has {v!r}")
done()
