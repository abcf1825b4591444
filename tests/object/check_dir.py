#!/usr/bin/python3
"""File-sets that Tomo makes, read by others: DCMTK's dcdirdmp follows the offsets, pydicom finds every file, and
dciodvfy has no Error. Made of the public file-set, with more added, from implicit and big endian files too."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

tomo = os.environ.get("TOMO", "build/tomo")
data = Path(os.environ.get("TOMO_TEST_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
passed, failures, skipped = 0, [], 0


def check(good, message):
    global passed
    passed += bool(good)
    if not good:
        failures.append(message)


def run(*words):
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, errors="replace", timeout=300)


def peers(folder, files):
    global skipped
    try:
        import pydicom
        dump = run("dcdirdmp", folder / "DICOMDIR")
        check(dump.returncode == 0 and dump.stdout.count(" -> ") + dump.stderr.count(" -> ") == files,
              f"dcdirdmp sees {(dump.stdout + dump.stderr).count(' -> ')} files, expected {files}: {dump.stderr[-300:]}")
        findings = run("dciodvfy", folder / "DICOMDIR").stderr
        check("Error" not in findings, "dciodvfy: " + next((x for x in findings.splitlines() if "Error" in x), ""))
        ds = pydicom.dcmread(folder / "DICOMDIR")
        leaves = [r for r in ds.DirectoryRecordSequence if "ReferencedFileID" in r]
        check(len(leaves) == files, f"pydicom sees {len(leaves)} files, expected {files}")
        for r in leaves:
            name = r.ReferencedFileID
            path = folder / ("/".join(name) if not isinstance(name, str) else name)
            one = pydicom.dcmread(path, stop_before_pixels=True)
            check(one.SOPInstanceUID == r.ReferencedSOPInstanceUIDInFile and
                  one.file_meta.TransferSyntaxUID == r.ReferencedTransferSyntaxUIDInFile, f"{path} is not what its record says")
    except (ImportError, FileNotFoundError) as e:
        skipped += 1
        print("SKIPPED:", e)


if not (data / "dicom").is_dir():
    print("SKIPPED: no test data at", data)
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)
with tempfile.TemporaryDirectory() as scratch:
    out = Path(scratch) / "set"
    source = data / "dicom" / "dicomdir"
    r = run(tomo, "dicom", "dir", source / "77654033", source / "98892001", out)
    check(r.returncode == 0, f"made: {r.stderr}")
    originals = {p.read_bytes() for f in ("77654033", "98892001") for p in (source / f).rglob("*") if p.is_file()}
    check({p.read_bytes() for p in (out / "P0000001").rglob("*") if p.is_file()} |
          {p.read_bytes() for p in (out / "P0000002").rglob("*") if p.is_file()} == originals, "files are copied as they are")
    peers(out, 14)
    r = run(tomo, "dicom", "dir", source, out, "--append", "--quiet")
    check(r.returncode == 0, f"added to: {r.stderr}")
    shown = run(tomo, "dicom", "dir", out)
    check(shown.returncode == 0 and "missing" not in shown.stdout, f"shown: {shown.stderr}")
    kinds = [line.split()[0] for line in shown.stdout.splitlines()]
    peers(out, kinds.count("IMAGE"))
    check(kinds.count("IMAGE") == 81, f"{kinds.count('IMAGE')} images, expected 31 and TINY_ALPHA's 50")
    mixed = Path(scratch) / "mixed"
    r = run(tomo, "dicom", "dir", data / "dicom" / "charsets", data / "dicom" / "rt", data / "dicom" / "highdicom",
            data / "dicom" / "encapsulation", mixed, "--invent", "--quiet")
    check(r.returncode == 0, f"mixed: {r.stderr}")
    dump = run("dcdirdmp", mixed / "DICOMDIR") if r.returncode == 0 else None
    check(dump and dump.returncode == 0, "dcdirdmp reads the mixed one")
print(*("FAILED " + f for f in failures), sep="\n", end="\n" if failures else "")
print(f"{passed} passed, {len(failures)} failed, {skipped} skipped")
sys.exit(bool(failures))
