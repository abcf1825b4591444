#!/bin/bash
# Encrypted originals (PS3.15 E.1.1): `openssl cms` opens what Tomo sealed, Tomo puts it back byte for byte, and no
# other key does. Needs the openssl program.
set -u
tomo=$(realpath "${TOMO:-build/tomo}")
data=${TOMO_TEST_DATA:-$(realpath "${TOMO_SOURCE:-$(dirname "$0")/../..}")/../shared/data}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
passed=0 failed=0
check() { if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $1"; fi; }
if ! command -v openssl >/dev/null; then
    echo "skipped: no openssl"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
for n in one two three; do
    openssl req -x509 -newkey rsa:2048 -nodes -keyout $n.key -out $n.pem -days 2 -subj /CN=$n 2>/dev/null
done
cat one.pem two.pem >both.pem
/usr/bin/python3 - <<'PY'
import struct
def e(tag, vr, v):
    v = v.encode() if isinstance(v, str) else v
    v += (b"\0" if vr == "UI" else b" ") * (len(v) % 2)
    return struct.pack("<HH2sH", tag >> 16, tag & 0xffff, vr.encode(), len(v)) + v
meta = e(0x00020010, "UI", "1.2.840.10008.1.2.1")
ds = (e(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2") + e(0x00080018, "UI", "1.2.3.4") + e(0x00080020, "DA", "20040229")
      + e(0x00081030, "LO", "Study of Quillfeather") + e(0x00090010, "LO", "ACME") + e(0x00091001, "LO", "secret")
      + e(0x00100010, "PN", "Quillfeather^Ambrose") + e(0x00100020, "LO", "MRN-4711") + e(0x0020000d, "UI", "1.2.3"))
open("in.dcm", "wb").write(b"\0" * 128 + b"DICM" + e(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + ds)
open("values", "wb").write(ds)
PY
check "tomo deid run --encrypt" "$tomo" deid run in.dcm out.dcm --encrypt both.pem --quiet
check "no name in the clear" bash -c '! grep -qa Quillfeather out.dcm'
for n in one two; do
    check "undo with key $n" "$tomo" deid undo out.dcm back-$n.dcm --key $n.key
    /usr/bin/python3 - back-$n.dcm >/dev/null <<'PY' && same=0 || same=1
import sys
data = open(sys.argv[1], "rb").read()
sys.exit(0 if data.endswith(open("values", "rb").read()) else 1)
PY
    check "byte for byte the original data set with key $n" test $same = 0
done
check "another key is refused" bash -c "! '$tomo' deid undo out.dcm no.dcm --key three.key 2>/dev/null && test ! -e no.dcm"
# the first envelope, cut out by hand: (0400,0520) OB
/usr/bin/python3 - <<'PY'
import struct
data = open("out.dcm", "rb").read()
at = data.index(struct.pack("<HH", 0x0400, 0x0520) + b"OB\0\0")
n = struct.unpack("<I", data[at + 8:at + 12])[0]
open("envelope.der", "wb").write(data[at + 12:at + 12 + n])
PY
openssl cms -decrypt -inform DER -in envelope.der -inkey one.key -out plain 2>/dev/null
check "openssl cms -decrypt finds the name" grep -qa "Quillfeather^Ambrose" plain
check "the content is AES-256-CBC" bash -c 'openssl cms -cmsout -print -inform DER -in envelope.der 2>/dev/null | grep -q aes-256-cbc'
# Elements on both sides of (0400,0500): overlays, pixels and what follows them, reports, contours, frames of segments,
# private groups; and those that Tomo itself writes, with the value that it would write.
/usr/bin/python3 - <<'PY'
import struct
def pad(vr, v):
    v = v.encode() if isinstance(v, str) else v
    return v + (b"\0" if vr in ("UI", "OB", "OW", "UN") else b" ") * (len(v) % 2)
def e(tag, vr, v):
    v = pad(vr, v)
    head = struct.pack("<HH2s", tag >> 16, tag & 0xffff, vr.encode())
    return head + (struct.pack("<HI", 0, len(v)) if vr in ("OB", "OW", "UN", "UT") else struct.pack("<H", len(v))) + v
def sq(tag, *items):  # undefined lengths, as Tomo writes them
    body = b"".join(struct.pack("<HHI", 0xfffe, 0xe000, 0xffffffff) + i + struct.pack("<HHI", 0xfffe, 0xe00d, 0) for i in items)
    return struct.pack("<HH2sHI", tag >> 16, tag & 0xffff, b"SQ", 0, 0xffffffff) + body + struct.pack("<HHI", 0xfffe, 0xe0dd, 0)
us = lambda tag, n: e(tag, "US", struct.pack("<H", n))
code = lambda tag: sq(tag, e(0x00080100, "SH", "Q1") + e(0x00080102, "SH", "99Q") + e(0x00080104, "LO", "Quillfeather"))
def head(sop_class):
    return (e(0x00080016, "UI", sop_class) + e(0x00080018, "UI", "1.2.3.4") + e(0x00080020, "DA", "20040229")
            + e(0x00081030, "LO", "Study of Quillfeather") + e(0x00090010, "LO", "ACME") + e(0x00091001, "LO", "secret")
            + e(0x00100010, "PN", "Quillfeather^Ambrose") + e(0x00100020, "LO", "MRN-4711"))
study = e(0x0020000d, "UI", "1.2.3") + e(0x0020000e, "UI", "1.2.3.9")
pixels = (us(0x00280002, 1) + e(0x00280004, "CS", "MONOCHROME2") + us(0x00280010, 2) + us(0x00280011, 2)
          + us(0x00280100, 8) + us(0x00280101, 8) + us(0x00280102, 7) + us(0x00280103, 0))
data = e(0x7fe00010, "OW", b"\1\2\3\4")
private = lambda group: (e(group << 16 | 0x10, "LO", "PHILIPS") + e(group << 16 | 0x1003, "LO", "Quillfeather too")
                         + sq(group << 16 | 0x1010, e(0x00100010, "PN", "Quillfeather")))
objects = {
    "ct": head("1.2.840.10008.5.1.4.1.1.2") + e(0x00120062, "CS", "YES") + e(0x00120063, "LO", "by hand") + study + pixels
        + e(0x00280303, "CS", "REMOVED") + e(0x00400254, "LO", "Head of Quillfeather")
        + sq(0x04000500, e(0x04000510, "UI", "1.2.840.10008.1.2.1") + e(0x04000520, "OB", b"old"))
        + private(0x2001) + us(0x60000010, 2) + us(0x60000011, 2) + e(0x60000022, "LO", "Quillfeather")
        + e(0x60003000, "OW", b"\5\0") + data + private(0x7fe1) + e(0xfffcfffc, "OB", b"\0" * 6),
    "rtstruct": head("1.2.840.10008.5.1.4.1.1.481.3") + study + e(0x30060002, "SH", "Quillfeather")
        + e(0x30060008, "DA", "20040301") + sq(0x30060020, e(0x30060022, "IS", "1") + e(0x30060024, "UI", "1.2.3.8")
        + e(0x30060026, "LO", "Quillfeather's")) + e(0x300e0002, "CS", "APPROVED") + e(0x300e0008, "PN", "Quillfeather"),
    "seg": head("1.2.840.10008.5.1.4.1.1.66.4") + study + pixels
        + sq(0x00620002, us(0x00620004, 1) + e(0x00620005, "LO", "Quillfeather"))
        + sq(0x52009230, sq(0x00089124, sq(0x00082112, e(0x00081155, "UI", "1.2.3.7")))) + data,
    "sr": head("1.2.840.10008.5.1.4.1.1.88.33") + study + e(0x0040a040, "CS", "CONTAINER") + code(0x0040a043)
        + e(0x0040a050, "CS", "SEPARATE") + sq(0x0040a073, e(0x0040a075, "PN", "Quillfeather"))
        + sq(0x0040a730, e(0x0040a010, "CS", "CONTAINS") + e(0x0040a040, "CS", "TEXT") + code(0x0040a043)
        + e(0x0040a160, "UT", "Quillfeather was here")),
}
meta = e(0x00020010, "UI", "1.2.840.10008.1.2.1")
for name, ds in objects.items():
    open(name + ".dcm", "wb").write(b"\0" * 128 + b"DICM" + e(0x00020000, "UL", struct.pack("<I", len(meta))) + meta + ds)
    open(name + ".values", "wb").write(ds)
PY
same() { /usr/bin/python3 -c 'import sys
data, values = open(sys.argv[1], "rb").read(), open(sys.argv[2], "rb").read()
sys.exit(not data.endswith(values) or len(data) - len(values) > 400)' "$1" "$2"; }
in_order() { /usr/bin/python3 -c 'import sys, pydicom
tags = [int(t) for t in pydicom.dcmread(sys.argv[1])._dict] # as they stand in the file
sys.exit(tags != sorted(tags) or 0x04000500 not in tags)' "$1"; }
for kind in ct rtstruct seg sr; do
    check "$kind: tomo deid run" "$tomo" deid run $kind.dcm $kind-clean.dcm --encrypt one.pem --pixels keep --quiet
    check "$kind: no name in the clear" bash -c "! grep -qa Quillfeather $kind-clean.dcm"
    check "$kind: tags are in order" in_order $kind-clean.dcm
    check "$kind: tomo deid undo" "$tomo" deid undo $kind-clean.dcm $kind-back.dcm --key one.key
    check "$kind: byte for byte the original data set" same $kind-back.dcm $kind.values
done
# Real objects, element by element; file meta, group lengths and pixels that were compressed again are Tomo's own.
tested=0
for file in "$data"/dicom/rt/*.dcm "$data"/dicom/highdicom/*.dcm "$data"/dicom/dcmqi/*/*/*.dcm "$data"/dicom/pydicom/CT_small.dcm; do
    test -f "$file" && test "$(stat -c %s "$file")" -lt 2000000 || continue
    rm -f real.dcm back.dcm
    "$tomo" deid run "$file" real.dcm --encrypt one.pem --pixels keep --quiet 2>/dev/null || continue
    "$tomo" deid undo real.dcm back.dcm --key one.key >/dev/null 2>&1
    "$tomo" dicom diff "$file" back.dcm 2>&1 | grep -v '^. 0002\|^. \(.*\.\)\?....0000 \|^note\|^. 7FE00010 ' >lines
    check "undo of $(basename "$file"): $(head -2 lines | tr '\n' ' ')" test ! -s lines
    tested=$((tested + 1))
done
skipped=0
test $tested -gt 0 || { skipped=1; echo "skipped: no test data"; }
echo "$passed passed, $failed failed, $skipped skipped"
test $failed = 0
