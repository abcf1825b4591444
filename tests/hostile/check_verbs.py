#!/usr/bin/python3
"""Real files damaged by rule, through every verb of the program: no signal, no sanitizer report, no leak, no hang, bounded
memory, an exit code of the table, one line of error where a file can't be used, nothing half written, inputs untouched,
and what is written can be read. Verbs are those that the program says it has; one without a case in verbs.py is a failure.
usage: check_verbs.py [COUNT [FIRST [VERB]]]     mutation N is the same everywhere; TOMO_KEEP=FOLDER keeps what fails
The program is many_runs beside $TOMO: the same code, many runs a process. Counted as
skipped where ../shared/data is absent. `make hostile-long` runs 10000 under ASan and UBSan, `make test` the first 250."""
# slow: 1500 runs of the program
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import xml.parsers.expat
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import damage  # noqa: E402
import kit as kits  # noqa: E402
import verbs  # noqa: E402

root = Path(os.environ.get("TOMO_SOURCE", Path(__file__).resolve().parents[2]))
tomo = Path(os.environ.get("TOMO", root / "build/tomo"))
data = Path(os.environ.get("TOMO_TEST_DATA", root / "../shared/data"))
count = int(sys.argv[1]) if len(sys.argv) > 1 else 250
first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
only = sys.argv[3] if len(sys.argv) > 3 else None
keep = os.environ.get("TOMO_KEEP")
EACH = 6  # runs of a mutation
sanitized = b"__asan_init" in tomo.read_bytes()
CPU_SECONDS, PEAK_MIB = (40, 1100) if sanitized else (10, 400)  # the bar is a hang, and a size taken from a file
DAMAGE = {"volume": damage.volume, "labels": damage.volume, "mesh": damage.mesh, "transform": damage.text, "json": damage.text, "xml": damage.text,
          "pr.json": damage.text, "sr.json": damage.text, "segments": damage.text, "terms": damage.text, "pem": damage.text,
          "result": damage.text, "pdf": damage.volume}


class Server:
    """One many_runs; a run at a time."""

    def __init__(self, folder):
        env = dict(os.environ, UBSAN_OPTIONS="exitcode=98:print_stacktrace=1", ASAN_OPTIONS=(
            "abort_on_error=0:exitcode=99:detect_leaks=1:leak_check_at_exit=0:allocator_may_return_null=1:quarantine_size_mb=16"))
        self.folder = folder
        folder.mkdir()
        self.process = subprocess.Popen([tomo.parent / "many_runs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def run(self, where, words, leaks=True):
        out, err = self.folder / "stdout", self.folder / "stderr"
        self.process.stdin.write("\x1f".join(map(str, (where, out, err, CPU_SECONDS, int(leaks), *words))) + "\n")
        self.process.stdin.flush()
        how, number, ms, peak = self.process.stdout.readline().split()
        return Run(how == "signal", int(number), int(ms), int(peak) / 1024, out.read_bytes(), err.read_bytes())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Run:
    def __init__(self, killed, code, ms, peak, out, err):
        self.killed, self.code, self.ms, self.peak, self.out, self.err = killed, code, ms, peak, out, err


def snapshot(folder):
    """Name to hash of all files below a folder, folders themselves too."""
    found = {}
    for where, folders, names in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(where, name), folder)] = "folder"
        for name in names:
            path = os.path.join(where, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, folder)] = hashlib.md5(f.read()).hexdigest()
    return found


def judge_text(case, words, run):
    """What is on stdout and stderr."""
    if not case.text and "--raw" in words:
        return None
    for name, text in (("stdout", run.out), ("stderr", run.err)):
        try:
            text = text.decode()
        except UnicodeDecodeError:
            return f"{name} is not UTF-8"
        if case.verb == "dicom table":
            text = text.replace("\r\n", "\n")  # RFC 4180
        if any((ord(c) < 32 and c not in "\n\t") or c == "\x7f" for c in text):
            return f"control characters on {name}"
    if run.code in (0, 1) and "--json" in words:
        try:
            lines = [run.out] if case.verb not in ("info", "dicom table", "dicom get") else run.out.splitlines()
            for line in lines:
                json.loads(line)
        except ValueError as e:
            return f"stdout is not JSON: {e}"
    if run.code == 0 and case.verb == "dicom xml":
        try:
            xml.parsers.expat.ParserCreate().Parse(run.out, True)
        except xml.parsers.expat.ExpatError as e:
            return f"stdout is not XML: {e}"
    return None


def judge(case, words, run, before, after):
    """None, or what is wrong."""
    err = run.err.decode(errors="replace")
    if run.killed:
        return "no end" if run.code in (14, 27) else f"signal {run.code}: {err[-1500:]}"
    if run.code in (98, 99) or "Sanitizer" in err or "runtime error" in err:
        return "sanitizer: " + err[-3500:]
    if run.code not in (0, 3, 5, *case.codes):
        return f"exit code {run.code}: {err[:300]}"
    errors = [line for line in err.splitlines() if line.startswith("tomo: ")]
    others = [line for line in err.splitlines() if not line.startswith(("tomo: ", "note: ", "label ", "and "))]
    verdict = run.code == 1 or (run.code == 0 and not case.partly)
    if verdict and errors:
        return f"exit code {run.code} with errors: {err[:300]}"
    many = case.partly or case.verb == "dicom get"  # a line a file, a path
    if not verdict and run.code and len(errors) != 1 and not (many and errors):
        return f"exit code {run.code} with {len(errors)} lines of error: {err[:300]}"
    if others:
        return f"stderr has a line of something else: {others[0][:200]!r}"
    if run.peak > PEAK_MIB:
        return f"{run.peak:.0f} MiB"
    changed = [name for name in before if before[name] != after.get(name)]
    made = sorted(set(after) - set(before))
    writes = verbs.OUT in case.given or verbs.OUTDIR in case.given
    if changed and not ("--append" in words and run.code == 0):
        return f"inputs changed: {changed[:3]}"
    if run.code and made and not case.partly:
        return f"exit code {run.code} left behind: {made[:3]}"
    if not writes and made and "--append" not in words:
        return f"made {made[:3]}"
    strange = [name for name in made if name.split(os.sep)[0] not in ("o", *(case.name or "").split()) and
               not name.startswith("o.") and "--append" not in words]
    if strange:
        return f"made {strange[:3]}"
    if run.code == 0 and case.name and case.name not in after:
        return f"exit code 0 without {case.name}"
    return judge_text(case, words, run)


def prepare(number, case, base, kit):
    """The damaged file or folder in a new folder, and the words of the run."""
    r = random.Random(f"{number} {case.verb} {case.index}")
    where = Path(tempfile.mkdtemp(prefix="m", dir=tmp))
    damaged = base(random.Random(number), where)
    case = Given(case, r)
    words = [str(damaged) if w == verbs.D else case.name if w == verbs.OUT else "o" if w == verbs.OUTDIR else str(w)
             for w in case.given]
    return where, case, [*case.verb.split(), *words, "--memory-limit=256", "--threads=%d" % r.choice((1, 1, 3))]


class Given:
    """A case with the words and the name of OUT that this mutation has."""

    def __init__(self, case, r):
        self.verb, self.codes, self.partly, self.text = case.verb, case.codes, case.partly, case.text
        self.given = case.words(kit, r)
        names = case.out if isinstance(case.out, tuple) else (case.out,)
        self.name = r.choice(names)


def base_of(kind, number):
    """A function that writes the damaged file(s) of this mutation into a folder and gives the path."""
    def make(r, where):
        how = DAMAGE.get(kind, damage.dicom)
        source = kit.pick(kind, r)
        other = kit.pick(kind, r)
        if source.is_dir():
            to = where / "in"
            shutil.copytree(source, to, copy_function=shutil.copyfile)
            files = sorted(p for p in to.rglob("*") if p.is_file() and (kind != "result" or p.name == "report.json"))
            for path in r.sample(files, min(len(files), r.randint(1, 3))):
                path.write_bytes(how(path.read_bytes(), r, files[0].read_bytes()))
            return "in"
        name = "in" + "".join(source.suffixes[-2:] if source.suffix == ".gz" else source.suffixes[-1:])
        (where / name).write_bytes(how(source.read_bytes(), r, other.read_bytes() if other.is_file() else b""))
        return name
    return make


def one(number):
    """All runs of a mutation: the case whose turn it is, and others that take such a file. After the last one leaks are
    looked for; the stack says whose they are."""
    server = servers.take()
    r = random.Random(number)
    turn = rows[number % len(rows)]
    same = [c for c in rows if c.kind == turn.kind and c is not turn and r.random() * c.slow < 1]
    chosen = [turn] if turn.slow == 1 or number // len(rows) % turn.slow == 0 else []
    chosen += r.sample(same, min(len(same), EACH - 1)) if not only else []
    for case in chosen:
        where, given, words = prepare(number, case, base_of(case.kind, number), kit)
        before = snapshot(where)
        run = server.run(where, words, case is chosen[-1])
        after = snapshot(where)
        wrong = judge(given, words, run, before, after)
        if not wrong and run.code == 0 and case.kind != "document" and given.name and given.name.endswith((".dcm", ".nii", ".gz", ".stl", ".ply")):
            again = server.run(where, ["info", given.name], False)
            if again.code or again.killed:
                wrong = f"what was written can't be read: exit {again.code} {again.err.decode(errors='replace')[:300]}"
        with lock:
            t = tally[case.verb]
            t[0] += 1
            t[1] += not run.killed and run.code in (0, 1)
            t[2], t[3] = max(t[2], (run.ms, number)), max(t[3], run.peak)
            if wrong:
                failures.append((number, case.verb))
                print(f"FAILED mutation {number}: tomo {' '.join(words)}: {wrong}", flush=True)
                if keep:
                    shutil.copytree(where, Path(keep) / f"{number}-{case.verb.replace(' ', '-')}-{case.index}", dirs_exist_ok=True)
        shutil.rmtree(where, ignore_errors=True)
    servers.give(server)


class Pool:
    def __init__(self, n):
        self.free = [Server(tmp / f"server{i}") for i in range(n)]
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            return self.free.pop()

    def give(self, server):
        with self.lock:
            self.free.append(server)


if not (data / "dicom").exists():
    print("no ../shared/data\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
lock, tally, failures = threading.Lock(), defaultdict(lambda: [0, 0, (0, 0), 0]), []
tmp = Path(tempfile.mkdtemp(prefix="tomo-verbs-"))
try:
    servers = Pool(os.cpu_count())
    kit = kits.Kit(data, tmp / "kit", servers.free[0])
    wrong, table = [], verbs.cases()
    for op in kit.operations:
        table[f"{op['room']} {op['name']}"] = verbs.of_operation(op)
    known = kit.verbs()
    wrong += [f"the verb {verb} has no case in tests/hostile/verbs.py" for verb in known if verb not in table]
    wrong += [f"tests/hostile/verbs.py has cases of {verb}, which is no verb" for verb in table if verb not in known]
    rows = []
    for verb, cases in table.items():
        for index, case in enumerate(cases):
            case.verb, case.index = verb, index
            if not kit.groups[case.kind]:
                raise SystemExit(f"no file of the kind {case.kind} to damage for {verb}")
            if only in (None, verb):
                rows.append(case)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, range(first, first + count)))
    for server in servers.free:
        server.close()
    runs = sum(t[0] for t in tally.values())
    for verb in known:
        n, done, (ms, number), peak = tally[verb]
        if n:
            print(f"{verb:20} {n:6} runs {100 * done / n:4.0f} % done, longest {ms / 1000:6.2f} s (mutation {number}), {peak:5.0f} MiB")
        if n >= 100 and not done:
            wrong.append(f"{verb} succeeds with no damaged file: its cases test nothing")
    for text in wrong:
        print("FAILED", text)
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print(f"{count} mutations, {runs} runs of {len([v for v in known if tally[v][0]])} verbs in {len(rows)} cases")
print(f"{runs - len(failures)} passed, {len(failures) + len(wrong)} failed, 0 skipped")
sys.exit(bool(failures or wrong))
