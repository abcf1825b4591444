#!/usr/bin/env python3
"""Real files damaged by rule, through info, json, pixels, convert and transcode: no signal, no sanitizer report, no hang, one
line of error where a file can't be used. Counted as skipped where ../shared/data is absent.
usage: check_mutations.py [COUNT [FIRST [library]]]   (mutation number N is the same everywhere; program from $TOMO; `make
hostile-long` runs 10000 under ASan and UBSan, `make test` the first 300)
With "library" the files go through the fuzz targets beside the program (replay_fuzz_dicom_*) instead: the same code, many
files a process, ten times as fast."""
# slow: 1500 runs of the program
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = os.environ.get("TOMO", str(root / "build/tomo"))
data = Path(os.environ.get("TOMO_TEST_DATA", root / "../shared/data"))
count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
if not (data / "dicom").exists():
    print("no ../shared/data\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
sanitized = b"__asan_init" in Path(tomo).read_bytes()
seconds = 30 if sanitized else 10
MOST = 400_000  # bytes of a file to damage: large ones only cost time
WORDS = ("rle", "explicit", "implicit", "explicit-be", "deflated", "encapsulated", "deflated-frame", "jpegll-sv1", "jpegls",
         "jpegls-near", "j2k-lossless", "htj2k-lossless", "j2k", "jpeg")
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


def damage(b, r):
    """One to four changes; headers are hit more often than pixels."""
    b = bytearray(b)
    for _ in range(r.randint(1, 4)):
        if len(b) < 140:
            break
        near = min(len(b), 4096) if r.random() < 0.7 else len(b)
        at = r.randrange(132, near) if near > 132 else r.randrange(len(b))
        kind = r.randrange(10)
        if kind == 0:
            b[at] ^= 1 << r.randrange(8)
        elif kind == 1:
            b[at:at + 2] = r.choice((b"\xff\xff", b"\0\0", b"\1\0", b"\xff\x7f", b"\0\x80"))
        elif kind == 2:
            b[at:at + 4] = r.choice((b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"))
        elif kind == 3:
            del b[at:]
        elif kind == 4:
            del b[at:at + r.randint(1, 64)]
        elif kind == 5:
            b[at:at] = bytes(r.randrange(256) for _ in range(r.randint(1, 64)))
        elif kind == 6:
            n = r.randint(1, 200)
            b[at:at] = b[at:at + n]
        elif kind == 7:  # a known attribute gets another value of two bytes
            tag = r.choice((b"\x28\0\x02\0", b"\x28\0\x08\0", b"\x28\0\x10\0", b"\x28\0\x11\0", b"\x28\0\0\1", b"\x28\0\1\1",
                            b"\x28\0\2\1", b"\x28\0\3\1", b"\x28\0\6\0", b"\x28\0\1\x11", b"\x02\x00\x10\x00", b"\xfe\xff\0\xe0"))
            found = b.find(tag, 132)
            if found >= 0 and found + 10 < len(b):
                b[found + 8:found + 10] = r.choice((b"\0\0", b"\1\0", b"\2\0", b"\4\0", b"\x08\0", b"\x0c\0", b"\x10\0", b"\x20\0",
                                                    b"\xff\xff", bytes((r.randrange(256), r.randrange(256)))))
        elif kind == 8:  # another transfer syntax than the data are in
            found = b.find(b"1.2.840.10008.1.2", 132, 2000)
            if found >= 0:
                uid = r.choice((b"1.2.840.10008.1.2.5", b"1.2.840.10008.1.2.4.70", b"1.2.840.10008.1.2.4.90", b"1.2.840.10008.1.2.2",
                                b"1.2.840.10008.1.2.4.80", b"1.2.840.10008.1.2.4.50", b"1.2.840.10008.1.2.1.98"))
                n = b[found - 2] | b[found - 1] << 8
                if n <= 64:
                    b[found:found + n] = uid[:n].ljust(n, b"\0")
        else:
            for i in range(at, min(at + r.randint(1, 32), len(b))):
                b[i] = r.randrange(256)
    return bytes(b)


def judge(command, out):
    try:
        p = subprocess.run([tomo, *command], capture_output=True, timeout=seconds, env=env)
    except subprocess.TimeoutExpired:
        return f"no end after {seconds} s"
    text = p.stderr.decode(errors="replace")
    if p.returncode < 0:
        return f"signal {-p.returncode}"
    if p.returncode in (98, 99) or "Sanitizer" in text or "runtime error" in text:
        return "sanitizer: " + text[:3000]
    if p.returncode not in (0, 3, 5):
        return f"exit code {p.returncode}: {text[:300]}"
    errors = [line for line in text.splitlines() if line.startswith("tomo: ")]
    if p.returncode and len(errors) != 1:
        return f"exit code {p.returncode} with {len(errors)} lines of error: {text[:300]}"
    if p.returncode and out is not None and out.exists():
        return f"{out.name} was left behind by a command that failed"
    return None


def one(number):
    r = random.Random(number)
    base = r.choice(files)
    folder = Path(tempfile.mkdtemp(prefix="m", dir=tmp))
    path = folder / "in.dcm"
    path.write_bytes(damage(base.read_bytes(), r))
    limit, wrong = ["--memory-limit=256", "--threads=1"], []
    nii, png, dcm = folder / "out.nii", folder / "out.png", folder / "out.dcm"
    shown = r.choice((["--voi", "range"], ["--voi", "lut:0"], ["--window", "40,400"], ["--real"], ["--bits", "16"], []))
    for command, out in ((["info", path], None), (["dicom", "json", path], None), (["dicom", "pixels", path], None),
                         (["dicom", "pixels", path, png, *shown] if shown != ["--real"] else
                          ["dicom", "pixels", path, folder / "out.raw", "--real"], png),
                         (["deid", "run", path, folder / "deid.dcm", "--pixels", "all"], folder / "deid.dcm"),
                         (["convert", path, nii], nii),
                         (["dicom", "transcode", path, dcm, "--to", r.choice(WORDS), "--ratio", "8"], dcm)):
        if command[0] == "dicom" and command[1] == "transcode" and "jpegls-near" in command:
            command += ["--near", "2"]
        what = judge([str(c) for c in command] + limit, out)
        if what:
            wrong.append(f"mutation {number} of {base.relative_to(data)}: {' '.join(map(str, command[:2]))}: {what}")
    shutil.rmtree(folder, ignore_errors=True)
    return wrong


def library(numbers):
    """A batch through each target; a file that ends it is named and taken out."""
    folder = Path(tempfile.mkdtemp(prefix="b", dir=tmp))
    for number in numbers:
        r = random.Random(number)
        base = r.choice(files)
        (folder / f"{number:07d}").write_bytes(damage(base.read_bytes(), r))
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
        if "library" in sys.argv:
            batches = [range(at, min(at + 100, first + count)) for at in range(first, first + count, 100)]
            results = pool.map(library, batches)
        else:
            results = pool.map(lambda number: (one(number), 6), range(first, first + count))
        for wrong, runs in results:
            passed += runs - len(wrong)
            failed += len(wrong)
            for text in wrong:
                print("FAILED", text, flush=True)
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print(f"{count} mutations of {len(files)} files")
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(bool(failed))
