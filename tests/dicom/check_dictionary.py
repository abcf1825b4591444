#!/usr/bin/env python3
"""The generated tables are what their generators make of ../shared/standard and of Python's codecs today."""
import os
import sys

SOURCE = os.environ.get("TOMO_SOURCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "tools"))
sys.dont_write_bytecode = True
import gen_charsets  # noqa: E402
import gen_dictionary  # noqa: E402


def main():
    passed = failed = skipped = 0
    standard = os.path.join(SOURCE, "..", "shared", "standard")
    for name, make, needs in (("dictionary.gen.c", lambda: gen_dictionary.generate(standard), standard),
                              ("charset.gen.c", gen_charsets.generate, SOURCE)):
        if not os.path.isdir(needs):
            print("skipped: %s: %s is not there" % (name, needs))
            skipped += 1
            continue
        with open(os.path.join(SOURCE, "src", "dicom", name), encoding="utf-8") as f:
            same = f.read() == make()
        if not same:
            print("src/dicom/%s is not what tools/gen_%s.py makes: run it and commit" %
                  (name, "dictionary" if "dict" in name else "charsets"))
        passed += same
        failed += not same
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
