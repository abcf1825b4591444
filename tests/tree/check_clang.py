#!/usr/bin/python3
"""Every file of the build passes clang's warnings too, with the flags that gcc got: syntax and semantics, no code made.
Skipped where clang is not installed, and in builds by clang."""
# slow: some 350 runs of a compiler
import json
import os
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

build = Path(os.environ.get("TOMO_BUILD", "build"))
if not shutil.which("clang") or "clang" in os.environ.get("CC", ""):
    print("SKIPPED: clang is not installed, or is what the build is made with")
    print("0 passed, 0 failed, 1 skipped")
    sys.exit(0)


def one(entry):
    words = shlex.split(entry["command"])
    while Path(words[0]).name not in ("cc", "gcc", "c++", "g++", "clang"):  # a cache in front
        words = words[1:]
    skip = {"-o": 2, "-MF": 2, "-MT": 2, "-MD": 1, "-c": 1}
    kept, i = ["clang++" if "++" in Path(words[0]).name else "clang", "-fsyntax-only"], 1
    while i < len(words):
        step = skip.get(words[i], 0)
        kept += [] if step or words[i].startswith(("-fsanitize", "--coverage", "-fno-sanitize")) else [words[i]]
        i += step or 1
    r = subprocess.run(kept, cwd=entry["directory"], capture_output=True, text=True, errors="replace")
    return entry["file"], r.returncode, r.stderr


entries = {e["file"]: e for e in json.load(open(build / "compile_commands.json"))}
with ThreadPoolExecutor(2) as pool:
    results = list(pool.map(one, entries.values()))
failed = [r for r in results if r[1]]
for file, _, text in failed:
    print("FAILED", file, text[:600])
print(f"{len(results) - len(failed)} passed, {len(failed)} failed, 0 skipped")
sys.exit(bool(failed))
