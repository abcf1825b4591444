#!/bin/bash
# Encrypted originals (PS3.15 E.1.1): `openssl cms` opens what Tomo sealed, Tomo puts it back byte for byte, and no
# other key does. Needs the openssl program.
set -u
tomo=$(realpath "${TOMO:-build/tomo}")
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
echo "$passed passed, $failed failed, 0 skipped"
test $failed = 0
