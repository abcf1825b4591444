#!/usr/bin/env python3
"""Count the elements of DICOM files with pydicom, for tests/dicom/test_corpus.c.

usage: dicom_counts.py DATA > tests/dicom/counts.tsv      (DATA: folder with dicom/ and series/)

One line a file: path, elements at the top level (File Meta Information included), elements in all, transfer syntax.
Files that pydicom can't read are left out, and of each folder of a series all but the first three files.
"""
import os
import sys
import warnings

import pydicom

pydicom.config.convert_wrong_length_to_UN = True


def count(ds):
    """Elements here and below; the bytes of the file decide what is a sequence, so values are converted."""
    n = 0
    for elem in ds:
        n += 1
        if elem.VR == "SQ":
            n += sum(count(item) for item in elem.value)
    return n


def main():
    root = sys.argv[1]
    print("# path, top level, all, transfer syntax; by tests/tools/dicom_counts.py with pydicom", pydicom.__version__)
    for top in ("dicom", "series"):
        for folder, _, names in sorted(os.walk(os.path.join(root, top))):
            for name in sorted(names)[:3 if top == "series" else None]:
                path = os.path.join(folder, name)
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        ds = pydicom.dcmread(path, force=name.endswith((".dcm", ".IMA")))
                        meta = len(getattr(ds, "file_meta", ()))
                        line = (len(ds) + meta, count(ds) + meta,
                                str(getattr(getattr(ds, "file_meta", None), "TransferSyntaxUID", "")))
                except Exception as e:  # whatever pydicom raises, the file is no reference
                    print(path, repr(e)[:100], file=sys.stderr)
                    continue
                print("%s\t%d\t%d\t%s" % ((os.path.relpath(path, root),) + line))


if __name__ == "__main__":
    main()
