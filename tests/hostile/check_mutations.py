#!/usr/bin/env python3
"""Real files damaged by rule, through the fuzz targets beside the program (replay_fuzz_dicom_*), many files a process: no
signal, no sanitizer report, no hang. Counted as skipped where ../shared/data is absent. The program itself: check_verbs.py.
usage: check_mutations.py [COUNT [FIRST]]   (mutation number N is the same everywhere; targets beside $TOMO; `make
hostile-long` runs 10000 under ASan and UBSan, `make test` the first 1000)"""
# slow: 3000 files
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import damage  # noqa: E402

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
data = Path(os.environ.get("TOMO_TEST_DATA", root / "../shared/data"))
count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
if not (data / "dicom").exists():
    print("no ../shared/data\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
MOST = 400_000  # bytes of a file to damage: large ones only cost time
env = dict(os.environ, ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=1:allocator_may_return_null=1",
           UBSAN_OPTIONS="exitcode=98:print_stacktrace=1")


def bases():
    found = []
    for top in ("dicom", "series", "malformed"):
        for folder, _, names in sorted(os.walk(data / top)):
            for name in sorted(names)[:2 if top == "series" else None]:
                path = Path(folder) / name
                if 132 < path.stat().st_size <= MOST and path.suffix not in (".txt", ".md", ".json", ".tsv", ".nii", ".py"):
                    found.append(path)
    return found


def library(numbers):
    """A batch through each target; a file that ends it is named and taken out."""
    folder = Path(tempfile.mkdtemp(prefix="b", dir=tmp))
    for number in numbers:
        r = random.Random(number)
        base, other = r.choice(files), r.choice(files)
        (folder / f"{number:07d}").write_bytes(damage.dicom(base.read_bytes(), r, other.read_bytes()))
    wrong = []
    for target in ("dataset", "pixels", "display"):
        for _ in range(10):
            try:
                p = subprocess.run([Path(tomo).parent / ("replay_fuzz_dicom_" + target), folder], capture_output=True,
                                   timeout=60 + 4 * len(numbers), env=env)
                text, code = p.stderr.decode(errors="replace"), p.returncode
            except subprocess.TimeoutExpired as e:
                text, code = (e.stderr or b"").decode(errors="replace"), "no end"
            if code == 0:
                break
            last = [line for line in text.splitlines() if line.startswith(str(folder))]
            wrong.append(f"{target}: {last[-1] if last else ''} ends with {code}: " + text[text.find("runtime error") - 80:][:2000])
            if not last:
                break
            Path(last[-1]).unlink()
    shutil.rmtree(folder, ignore_errors=True)
    return wrong, 3 * len(numbers)


files = bases()
tmp = Path(tempfile.mkdtemp(prefix="tomo-mutations-"))
passed = failed = 0
try:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        batches = [range(at, min(at + 100, first + count)) for at in range(first, first + count, 100)]
        for wrong, runs in pool.map(library, batches):
            passed += runs - len(wrong)
            failed += len(wrong)
            for text in wrong:
                print("FAILED", text, flush=True)
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print(f"{count} mutations of {len(files)} files")
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(bool(failed))
