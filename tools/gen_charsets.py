#!/usr/bin/env python3
"""Write src/dicom/charset.gen.c: the upper halves (A0 to FF) of DICOM's single-byte character sets (PS3.3 C.12.1.1.2)
as Unicode, from Python's codecs. usage: gen_charsets.py [--out FILE]"""
import argparse
import os

HERE = os.path.dirname(os.path.abspath(__file__))
# In the order of the enum in charset.h.
SETS = [("iso8859_1", "ISO_IR 100"), ("iso8859_2", "ISO_IR 101"), ("iso8859_3", "ISO_IR 109"),
        ("iso8859_4", "ISO_IR 110"), ("iso8859_5", "ISO_IR 144"), ("iso8859_6", "ISO_IR 127"),
        ("iso8859_7", "ISO_IR 126"), ("iso8859_8", "ISO_IR 138"), ("iso8859_9", "ISO_IR 148"),
        ("iso8859_15", "ISO_IR 203"), ("iso8859_11", "ISO_IR 166")]


def generate():
    out = ["/* charset.gen.c - upper halves of single-byte character sets. Written by tools/gen_charsets.py: do not edit. */\n"
           '#include "dicom/charset.h"\n\n/* 0: not in the set. */\nconst uint16_t tomo__charset_high[][96] = {\n']
    for codec, term in SETS:
        out.append("    { /* %s, %s */\n" % (term, codec.replace("iso", "ISO ").replace("_", "-")))
        codes = []
        for b in range(0xA0, 0x100):
            try:
                codes.append("0x%04X," % ord(bytes([b]).decode(codec)))
            except UnicodeDecodeError:
                codes.append("0,")
        for i in range(0, 96, 12):
            out.append("      " + " ".join(codes[i:i + 12]) + "\n")
        out.append("    },\n")
    out.append("};\n")
    return "".join(out)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--out", default=os.path.join(HERE, "..", "src", "dicom", "charset.gen.c"))
    a = p.parse_args()
    if a.out == "-":
        print(generate(), end="")
    else:
        with open(a.out, "w", encoding="utf-8") as f:
            f.write(generate())


if __name__ == "__main__":
    main()
