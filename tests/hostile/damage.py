"""Damage by rule: every function takes bytes, a random.Random and bytes of another file, and gives bytes; the same seed
gives the same damage everywhere."""
import gzip
import re
import struct

VRS = (b"AE AS AT CS DA DS DT FL FD IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV ZZ").split()
LONG = set(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
SYNTAXES = [b"1.2.840.10008.1.2" + s for s in (b"", b".1", b".2", b".5", b".1.99", b".1.98", b".4.50", b".4.51", b".4.57",
                                               b".4.70", b".4.80", b".4.81", b".4.90", b".4.91", b".4.100", b".4.201", b".8.1")]
# sizes, depth, photometry, frames, offsets: what pixel code trusts
TRUSTED = [struct.pack("<HH", g, e) for g, e in
           ((0x28, 0x2), (0x28, 0x6), (0x28, 0x8), (0x28, 0x10), (0x28, 0x11), (0x28, 0x100), (0x28, 0x101), (0x28, 0x102),
            (0x28, 0x103), (0x28, 0x1101), (0x28, 0x3002), (0x2, 0x10), (0xfffe, 0xe000), (0x62, 0x1), (0x62, 0x4),
            (0x3006, 0x46), (0x3006, 0x50), (0x5400, 0x1004), (0x3a, 0x5), (0x3a, 0x10), (0x4, 0x1400), (0x4, 0x1420),
            (0x40, 0xa040), (0x40, 0xa043), (0x20, 0x32), (0x20, 0x37), (0x28, 0x30), (0x8, 0x16), (0x8, 0x5))]
WORDS2 = (b"\xff\xff", b"\0\0", b"\1\0", b"\xff\x7f", b"\0\x80", b"\2\0", b"\4\0", b"\x08\0", b"\x0c\0", b"\x10\0", b"\x20\0")
WORDS4 = (b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\0\0\xc0\x7f",
          b"\0\0\x80\x7f", b"\1\0\0\0")


def noise(r, most):
    return bytes(r.randrange(256) for _ in range(r.randint(1, most)))


def bytewise(b, r, other, lo):
    """One change of any bytes from `lo` on, in place."""
    near = min(len(b), lo + 4096) if r.random() < 0.7 else len(b)
    at = r.randrange(lo, near) if near > lo else r.randrange(len(b))
    n = r.randint(1, 200)
    kind = r.randrange(9)
    if kind == 0:
        b[at] ^= 1 << r.randrange(8)
    elif kind == 1:
        b[at:at + 2] = r.choice(WORDS2)
    elif kind == 2:
        b[at:at + 4] = r.choice(WORDS4)
    elif kind == 3:
        del b[at:]
    elif kind == 4:
        del b[at:at + r.randint(1, 64)]
    elif kind == 5:
        b[at:at] = noise(r, 64)
    elif kind == 6:
        b[at:at] = b[at:at + n]
    elif kind == 7:
        for i in range(at, min(at + r.randint(1, 32), len(b))):
            b[i] = r.randrange(256)
    elif len(other) > n:  # a splice
        start = r.randrange(len(other) - n)
        b[at:at + r.choice((0, n))] = other[start:start + n]


def elements(b):
    """Where elements begin and how long their heads are, at every depth, as far as little endian data can be followed."""
    found, at = [], 132
    while at + 8 <= len(b) and len(found) < 4000:
        vr = bytes(b[at + 4:at + 6])
        explicit = vr in VRS and b[at:at + 2] != b"\xfe\xff"
        head = 12 if explicit and vr in LONG else 8
        if at + head > len(b):
            break
        length = (int.from_bytes(b[at + 6:at + 8], "little") if explicit and head == 8
                  else int.from_bytes(b[at + head - 4:at + head], "little"))
        length = min(length, len(b) - at - head) if length != 0xffffffff else length
        inside = vr == b"SQ" or b[at:at + 2] == b"\xfe\xff" or length == 0xffffffff
        found.append((at, head, 0 if inside else length))
        at += head + (0 if inside else length)
    return found


def structural(b, r, other):
    """One change of a DICOM file that knows what an element is."""
    all_of = elements(b)
    if not all_of:
        return
    at, head, length = r.choice(all_of)
    end = at + head + length
    kind = r.randrange(9)
    if kind == 0:  # another VR
        b[at + 4:at + 6] = r.choice(VRS)
    elif kind == 1:  # another length
        n = 2 if head == 8 and bytes(b[at + 4:at + 6]) in VRS else 4
        new = r.choice((0, 1, length + 1, length + 2, length - 1, length * 2, 0xffff, 0xffffffff, 0x7fffffff, r.randrange(1 << 16)))
        b[at + head - n:at + head] = (new & (256 ** n - 1)).to_bytes(n, "little")
    elif kind == 2:
        del b[at:end]
    elif kind == 3:
        b[at:at] = b[at:end]
    elif kind == 4:  # two of them change places
        to, head2, length2 = r.choice(all_of)
        if to >= end:
            one, two = b[at:end], b[to:to + head2 + length2]
            b[to:to + head2 + length2] = one
            b[at:end] = two
    elif kind == 5:  # another value of as many bytes
        if length:
            unit = r.choice((noise(r, 64), b"\\", b"9", b"-1e308\\", b"\0", b"1\\0\\", b"nan\\", b"0"))
            b[at + head:end] = (unit * length)[:length]
    elif kind == 6:  # elements of another file
        theirs = elements(other)
        if theirs:
            t, h, n = r.choice(theirs)
            b[at:at] = other[t:t + h + n]
    elif kind == 7:  # what the pixels' and objects' code trusts
        tag = r.choice(TRUSTED)
        places = [e for e in all_of if b[e[0]:e[0] + 4] == tag]
        if places:
            t, h, n = r.choice(places)
            if n == 2:
                b[t + h:t + h + 2] = r.choice(WORDS2 + (noise(r, 1) + b"\0",))
            elif n:
                b[t + h:t + h + n] = (r.choice((b"0", b"9", b"-1", b"65535", b"1e9", b"NONE", b"\0", b"1\\2\\3")) * n)[:n]
    else:  # another transfer syntax than the data are in
        place = [e for e in all_of[:20] if b[e[0]:e[0] + 4] == b"\2\0\x10\0"]
        if place:
            t, h, n = place[0]
            b[t + h:t + h + n] = r.choice(SYNTAXES)[:n].ljust(n, b"\0")


def dicom(data, r, other=b""):
    b = bytearray(data)
    for _ in range(r.randint(1, 4)):
        if len(b) < 140:
            break
        structural(b, r, other) if r.random() < 0.6 else bytewise(b, r, other, 132)
    return bytes(b)


def text(data, r, other=b""):
    """JSON, XML, ASCII meshes: mostly changes that a parser follows for a while."""
    b = bytearray(data)
    for _ in range(r.randint(1, 4)):
        if len(b) < 4:
            break
        places = [m.span() for m in re.finditer(rb"-?\d+(?:\.\d+)?|\"[^\"]{0,60}\"|[\[\]{}<>,:]|\n[^\n]*", bytes(b[:1 << 17]))]
        if not places or r.random() < 0.25:
            bytewise(b, r, other, 0)
            continue
        lo, hi = r.choice(places)
        kind = r.randrange(5)
        if kind == 0:
            del b[lo:hi]
        elif kind == 1:
            b[lo:lo] = b[lo:hi] * r.choice((1, 1, 2, 50))
        elif kind == 2:
            one, two = sorted(r.sample(places, 2)) if len(places) > 1 else (places[0],) * 2
            if one[1] <= two[0]:
                first, second = b[one[0]:one[1]], b[two[0]:two[1]]
                b[two[0]:two[1]] = first
                b[one[0]:one[1]] = second
        elif kind == 3:
            b[lo:hi] = r.choice((b"0", b"-1", b"1e999", b"99999999999999999999", b"null", b"[]", b"{}", b"\"\"", b"\"\\u0000\"",
                                 b"\"\\ud800\"", b"<", b"&#0;", b"&x;", b"\xff\xfe", b"nan", b"[" * 3000, b"{\"a\":" * 500,
                                 b"<a>" * 2000, b"4294967295", b"0.5", b"true"))
        else:
            to = r.choice(places)[0]
            b[to:to] = b[lo:min(len(b), lo + r.randint(1, 2000))]
    return bytes(b)


def volume(data, r, other=b""):
    """Images and meshes of any format; what is packed by gzip is damaged within."""
    packed = data[:2] == b"\x1f\x8b"
    b = bytearray(gzip.decompress(data) if packed and r.random() < 0.8 else data)
    inside = packed and bytes(b[:2]) != b"\x1f\x8b"
    head = 540 if b[:4] in (b"\x5c\1\0\0", b"\0\0\1\x5c", b"\x1c\2\0\0", b"\0\0\2\x1c") else 300
    for _ in range(r.randint(1, 4)):
        if len(b) < 4:
            break
        if r.random() < 0.6:  # a field of the header
            at = 2 * r.randrange(min(len(b), head) // 2)
            new = r.choice(WORDS2) if r.random() < 0.5 else r.choice(WORDS4 + (struct.pack("<f", r.choice((0.0, -1.0, 1e30, 1e-30))),))
            b[at:at + len(new)] = new
        else:
            bytewise(b, r, other, 0)
    return gzip.compress(bytes(b), 1, mtime=0) if inside else bytes(b)


def mesh(data, r, other=b""):
    return text(data, r, other) if data[:200].isascii() and r.random() < 0.7 else volume(data, r, other)
