#!/usr/bin/python3
"""The hostile files through info, json, pixels, transcode, deid and convert: no signal, no sanitizer report, no hang, at
most 256 MiB, and one line of error where a file can't be used. Counted as skipped where ../shared/hostile is absent.
Usage: check_hostile.py (program from $TOMO; a sanitized program is told by its memory: then only reports count)."""
# slow: 870 runs of the program
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
maker = Path(os.environ.get("TOMO_TEST_HOSTILE", root / "../shared/hostile")) / "make_files.py"
if not maker.exists():
    print("no ../shared/hostile\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
sanitized = b"__asan_init" in Path(tomo).read_bytes()
slow = 20 if sanitized else 5  # seconds: the bar is a hang, not a slow machine
folder = Path(tempfile.mkdtemp(prefix="tomo-hostile-"))
passed = failed = 0
worst = (0, "", "")


def one(command, path, out):
    """Run and judge; None if all is well, else what is wrong."""
    global worst
    start = time.monotonic()
    try:
        env = dict(os.environ, ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=1", UBSAN_OPTIONS="exitcode=98")
        p = subprocess.Popen([tomo, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        try:
            stdout, stderr = p.communicate(timeout=slow)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            return f"no end after {slow} s"
    finally:
        took = time.monotonic() - start
    if took > worst[0]:
        worst = (took, command[0], path.name)
    text = stderr.decode(errors="replace")
    if p.returncode < 0:
        return f"signal {-p.returncode}"
    if p.returncode in (98, 99) or "Sanitizer" in text or "runtime error" in text:
        return "sanitizer: " + text[:2000]
    if p.returncode not in (0, 1, 2, 3, 5):
        return f"exit code {p.returncode}"
    errors = [line for line in text.splitlines() if line.startswith("tomo: ")]
    if p.returncode and len(errors) != 1:
        return f"exit code {p.returncode} with {len(errors)} lines of error: {text[:300]}"
    if p.returncode == 1:
        return f"exit code 1 is for failures of Tomo, not of a file: {text[:300]}"
    if any(ord(c) < 32 and c not in "\n\t" for c in text + stdout.decode(errors="replace")):
        return "control characters reach the terminal"
    if p.returncode and out is not None and out.exists():
        return f"{out.name} was left behind by a command that failed"
    return None


try:
    subprocess.run([sys.executable, str(maker), str(folder / "in")], check=True, stdout=subprocess.DEVNULL)
    files = sorted(p for p in (folder / "in").rglob("*") if p.is_file())
    for path in files:
        out, picture, coded = folder / "out.nii", folder / "out.png", folder / "out.dcm"
        cleaned = folder / "clean.dcm"
        limit = "--memory-limit=256"
        for command, product in ((["info", path, limit], None), (["dicom", "json", path, limit], None),
                                 (["dicom", "dump", path, limit], None), (["dicom", "pixels", path, limit], None),
                                 (["dicom", "pixels", path, picture, "--voi", "range", limit], picture),
                                 (["dicom", "transcode", path, coded, "--to", "rle", limit], coded),
                                 (["deid", "run", path, cleaned, limit], cleaned),
                                 (["convert", path, out, limit], out)):
            wrong = one([str(c) for c in command], path, product)
            if wrong:
                failed += 1
                print("FAILED", " ".join(str(c) for c in command[:2]), path.name, wrong)
            else:
                passed += 1
            for made in (out, picture, coded, cleaned):
                made.unlink(missing_ok=True)
    if not files:
        failed += 1
        print("FAILED no hostile files were made")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if not sanitized:
        if peak > 256:
            failed += 1
            print(f"FAILED a command took {peak:.0f} MiB")
        else:
            passed += 1
    print(f"{len(files)} files, largest resident memory {peak:.0f} MiB, longest {worst[0]:.2f} s ({worst[1]} {worst[2]})")
finally:
    shutil.rmtree(folder, ignore_errors=True)
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(bool(failed))
