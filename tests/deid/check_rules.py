#!/usr/bin/env python3
"""The generated rules are what tools/gen_deid.py makes of ../shared/standard today."""
import os
import sys

SOURCE = os.environ.get("TOMO_SOURCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "tools"))
sys.dont_write_bytecode = True
import gen_deid  # noqa: E402


def main():
    standard = os.environ.get("TOMO_STANDARD", os.path.join(SOURCE, "..", "shared", "standard"))
    if not os.path.isdir(standard):
        print("skipped: %s is not there\n0 passed, 0 failed, 1 skipped" % standard)
        return 0
    with open(os.path.join(SOURCE, "src", "deid", "rules.gen.c"), encoding="utf-8") as f:
        same = f.read() == gen_deid.generate(standard)
    if not same:
        print("src/deid/rules.gen.c is not what tools/gen_deid.py makes: run it and commit")
    print("%d passed, %d failed, 0 skipped" % (same, not same))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
