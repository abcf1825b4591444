#!/usr/bin/env python3
"""Text of the files in DATA/dicom/charsets as pydicom decodes it, for tests/dicom/test_values.c.

usage: dicom_charsets.py DATA > tests/dicom/charsets.tsv
One line a value: file, tag, the element's whole text (values joined by a backslash, line ends as \\n and \\r).
"""
import os
import sys
import warnings

import pydicom


def lines(ds, name):
    for elem in ds:
        if elem.VR in ("PN", "LO", "SH", "ST", "LT", "UT", "UC") and elem.tag.group % 2 == 0 and elem.value:
            value = elem.value if isinstance(elem.value, pydicom.multival.MultiValue) else [elem.value]
            text = "\\".join(str(v) for v in value)
            if not text.isascii():
                text = text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
                yield "%s\t%08X\t%s" % (name, int(elem.tag), text)


def main():
    folder = os.path.join(sys.argv[1], "dicom", "charsets")
    print("# file, tag, text; by tests/tools/dicom_charsets.py with pydicom", pydicom.__version__)
    warnings.simplefilter("ignore")
    for name in sorted(os.listdir(folder)):
        try:
            ds = pydicom.dcmread(os.path.join(folder, name), force=True)
        except Exception:
            continue
        for line in lines(ds, name):
            print(line)


if __name__ == "__main__":
    main()
